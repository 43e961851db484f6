"""`strata registry`: a job's login at the registry, as `docker login` writes it, without a Docker daemon.

`pulumi up` looks digests up with what stands in Docker's configuration, and a job's token is the login that
ends with the job. Docker's own command needs a daemon for it and a shell for the token.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any

import typer

from strata.errors import CommandError
from strata.outcome import Commands

if TYPE_CHECKING:
    import httpx

app = typer.Typer(cls=Commands, no_args_is_help=True, help="A job's login at the registry of the images.")


@app.callback()
def _group() -> None:
    """A job's login at the registry of the images."""


@app.command()
def login() -> None:
    """Log in with the job's token (GITHUB_ACTOR, GITHUB_TOKEN; `packages: read`) after it was tried."""
    from strata import health
    from strata.registry import Registry

    host = _host()
    if _stands_in(os.environ):
        typer.echo(f"STRATA_REGISTRY_MIRROR is asked in place of {host}: no login is needed")
        return
    with health.direct(os.environ) as client:
        auth = Registry(os.environ, client=client).login(host)
        if not auth:
            raise CommandError(
                f"there is no login for {host}",
                next_step=f"a job on ghcr.io: `env: {{GITHUB_TOKEN: …}}`; elsewhere `docker login {host}`",
            )
        check(client, host, auth)
    write(_file(os.environ), host, auth)
    typer.echo(f"logged in to {host}")


@app.command()
def logout() -> None:
    """Take the login away again; there may be none."""
    host = _host()
    if not _stands_in(os.environ):
        write(_file(os.environ), host, None)
    typer.echo(f"logged out of {host}")


def check(client: "httpx.Client", host: str, auth: str) -> None:
    """Ask the registry who this is, before anything is written down.

    Args:
        client: for other people's servers.
        host: of the registry.
        auth: `user:password` in base64.

    Raises:
        CommandError: it does not take the login, or cannot be asked.
    """
    import httpx

    from strata import registrylogin

    try:
        answer = registrylogin.get(client, f"https://{host}/v2/", basic=auth)
    except httpx.HTTPError as error:
        raise CommandError(
            f"{host} cannot be asked ({type(error).__name__})", next_step="look at the network, run it again"
        ) from None
    if not answer.is_success:
        raise CommandError(
            f"{host} answered {answer.status_code} to this login",
            next_step="give the job `packages: read`, and this repository access to the packages",
        )


def write(file: Path, host: str, auth: str | None) -> None:
    """Put a login into Docker's configuration, or take it out; all else in it stays.

    Args:
        file: `config.json`.
        host: of the registry.
        auth: `user:password` in base64; `None` takes it out.

    Raises:
        CommandError: the file is there and is no JSON object.
    """
    try:
        content: Any = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        content = {}
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise CommandError(
            f"Docker's configuration {file} is no JSON object; it was left alone",
            next_step="repair or remove it",
        )
    auths = {name: entry for name, entry in (content.get("auths") or {}).items() if name != host}
    if auth:
        auths[host] = {"auth": auth}
    file.parent.mkdir(parents=True, exist_ok=True)
    # Readable by nobody else from its first byte, and whole or not there.
    with NamedTemporaryFile("w", dir=file.parent, delete=False, encoding="utf-8") as new:
        json.dump({**content, "auths": auths}, new, indent=2)
    Path(new.name).replace(file)


def _host() -> str:
    from model.layers import Stack
    from strata.project import Project

    return Project.here().settings(Stack.parse("production")).registry_url


def _stands_in(env: Mapping[str, str]) -> bool:
    return bool(env.get("STRATA_REGISTRY_MIRROR"))


def _file(env: Mapping[str, str]) -> Path:
    folder = env.get("DOCKER_CONFIG") or Path(env.get("HOME", "~")).expanduser() / ".docker"
    return Path(folder) / "config.json"
