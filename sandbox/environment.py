"""The environment variables that lead the project's programs to the sandbox instead of the real servers.

They are all there is between the two: the stacks, the program and the provider are the same.
"""

import base64
import json
import os
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

from sandbox.credentials import REGISTRY_USERNAME, Credentials
from sandbox.folder import CHECKOUT, Engine, Folder, write_private
from sandbox.github.accounts import ORGANISATION
from sandbox.world import Ports

# What a developer's shell may hold for the real servers and the sandbox does not set: it would lead there.
_FOREIGN = ("BAO_", "DOKPLOY_", "VAULT_", "PREVIEW_")
_CONFLICTING = {"PULUMI_CONFIG_PASSPHRASE_FILE", "PULUMI_ACCESS_TOKEN", "PULUMI_STACK", "GH_TOKEN"}
# Given for one command (`PREVIEW_REF=… strata sandbox exec …`), these are the caller's to set.
_CALLERS = {"PREVIEW_REF", "PREVIEW_COMMIT", "PREVIEW_COMPOSE"}
_TIMING = {
    # The simulated host is done when it answers: nothing of it goes on for ten seconds afterwards.
    Engine.SIMULATED: {"STRATA_POLL_SECONDS": "0.2", "STRATA_SETTLE_SECONDS": "0.5"},
    # A real one is what the provider's own intervals were measured on.
    Engine.DOCKER: {"STRATA_POLL_SECONDS": "0.5"},
}
_LOOPBACK = "127.0.0.1,localhost"


def registry_mirror(ports: Ports) -> str:
    """Host and port of the registry that stands for all."""
    return f"127.0.0.1:{ports.registry}"


def vault_address(ports: Ports) -> str:
    """Where Vault is, as people and jobs name it."""
    return f"http://127.0.0.1:{ports.openbao}"


def oidc_issuer(ports: Ports) -> str:
    """Who signs the tokens of jobs, as Vault and they know it."""
    return f"http://127.0.0.1:{ports.oidc}"


def variables(folder: Folder, *, ports: Ports, credentials: Credentials) -> dict[str, str]:
    """The sandbox's variables, without those that extend a variable of the caller (`PATH`, `NO_PROXY`)."""
    found = {
        "DOKPLOY_URL": f"http://127.0.0.1:{ports.dokploy}",
        "DOKPLOY_API_KEY": credentials.dokploy_api_key,
        "VAULT_ADDR": vault_address(ports),
        "VAULT_TOKEN": credentials.vault_token,
        "GITHUB_TOKEN": credentials.github_token,
        "GITHUB_OWNER": ORGANISATION,
        "GITHUB_BASE_URL": f"http://127.0.0.1:{ports.github}/",
        "GITHUB_SERVER_URL": f"http://127.0.0.1:{ports.git}",
        "GITHUB_OIDC_ISSUER": oidc_issuer(ports),
        # pulumi-github's older client waits a second after each write (measured 2026-11-23).
        "GITHUB_LEGACY_CLIENT": "false",
        "REGISTRY_PASSWORD": credentials.registry_password,
        "DOCKER_CONFIG": str(folder.docker),
        "STRATA_REGISTRY_MIRROR": registry_mirror(ports),
        "STRATA_CONNECT_TO": f"127.0.0.1:{ports.ingress}",
        **_TIMING[folder.engine],
        "STRATA_SANDBOX_DIR": str(folder.root),
        "SSL_CERT_FILE": str(folder.bundle),
        "PULUMI_BACKEND_URL": f"file://{folder.state}",
        "PULUMI_CONFIG_PASSPHRASE": credentials.passphrase,
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }
    home = CHECKOUT / ".toolchain" / "pulumi-home"
    if home.is_dir():
        found["PULUMI_HOME"] = str(home)
    return found


def program_folders() -> list[Path]:
    """Where `python` with the project's packages and `pulumi` are found, before the caller's own PATH."""
    wanted = [CHECKOUT / ".venv" / "bin", CHECKOUT / ".toolchain" / "bin"]
    found = [folder for folder in wanted if folder.is_dir()]
    return found or [Path(sys.executable).parent]


def for_command(sandbox: Mapping[str, str], caller: Mapping[str, str]) -> dict[str, str]:
    """The whole environment of one command.

    Args:
        sandbox: as `variables` gives them.
        caller: the shell's own environment; what would lead to other servers is left out.
    """
    kept = {
        name: value
        for name, value in caller.items()
        if name in _CALLERS or not (name.startswith(_FOREIGN) or name in _CONFLICTING)
    }
    kept.pop("PYTHONDONTWRITEBYTECODE", None)  # the engine starts interpreters by the dozen
    path = [*(str(folder) for folder in program_folders()), kept.get("PATH", os.defpath)]
    proxied = kept.get("NO_PROXY") or kept.get("no_proxy")
    return {
        **kept,
        **sandbox,
        "PATH": os.pathsep.join(path),
        "NO_PROXY": f"{_LOOPBACK},{proxied}" if proxied else _LOOPBACK,
    }


def write_env_file(folder: Folder, sandbox: Mapping[str, str]) -> None:
    """Write `.sandbox/env`, to be sourced by a shell or read by anything that knows `.env` files."""
    folders = "".join(f"{folder}:" for folder in program_folders())
    lines = [
        f"# pulumi belongs into {folder.project}: elsewhere it writes the sandbox's salt into the checkout's",
        "# stack files. `strata sandbox exec pulumi …` runs it there, with these variables.",
        *(f"export {name}={shlex.quote(value)}" for name, value in sandbox.items()),
        f'export PATH="{folders}${{PATH}}"',
        f"export NO_PROXY={shlex.quote(_LOOPBACK)}",
    ]
    write_private(folder.env, "\n".join(lines) + "\n")


def write_docker_config(folder: Folder, *, ports: Ports, credentials: Credentials) -> None:
    """Write the Docker configuration that pulumi-docker reads the registry's credentials from, and that of
    the host, on which Dokploy logs in and out; a simulated one has none.
    """
    pair = f"{REGISTRY_USERNAME}:{credentials.registry_password}".encode()
    auths = {registry_mirror(ports): {"auth": base64.b64encode(pair).decode()}}
    hosts = [folder.docker_host] if folder.engine is Engine.DOCKER else []
    for place in (folder.docker, *hosts):
        write_private(place / "config.json", json.dumps({"auths": auths}, indent=2))
