"""Vault: unsealed, a token that lives, that sees names and versions and no value."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import hvac

from model.naming import Names
from model.services import required_secrets
from strata.doctor.finding import Findings, ok, warn
from vault.ask import read
from vault.client import login
from vault.errors import Forbidden, PreflightFailed, VaultError
from vault.preflight import secret_versions
from vault.token import expiry_warning, standing

_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def check(env: Mapping[str, str], stacks: Sequence[tuple[Names, str]]) -> Findings:
    """The token first, then what it sees of each environment.

    Args:
        env: VAULT_ADDR and VAULT_TOKEN.
        stacks: names and mount of each standing stack; none if there is no project here.

    Raises:
        vault.errors.VaultError: what is wrong, with the next command.
    """
    client = login(env)
    parts = urlsplit(str(client.url))
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        yield warn("vault", f"{client.url} is asked in plain text", next_step="use its https address")
    token = standing(client)
    lives = "never expires" if token.ttl is None else f"lives {timedelta(seconds=token.ttl)} more"
    warning = expiry_warning(token)
    if "root" in token.policies:
        yield warn(
            "vault",
            f"the token is a root token ({lives})",
            next_step="log in as who deploys, use this one for `strata vault` only",
        )
    elif warning:
        yield warn("vault", warning.rstrip("."), next_step="`vault login`")
    else:
        yield ok("vault", f"unsealed, the token {lives}, policies: {', '.join(token.policies)}")
    for names, mount in stacks:
        yield from _environment(client, names, mount)


def _environment(client: hvac.Client, names: Names, mount: str) -> Findings:
    required = required_secrets(names)
    try:
        versions = secret_versions(client, mount=mount, required=required)
    except (Forbidden, PreflightFailed) as error:
        problems = error.problems if isinstance(error, PreflightFailed) else (error,)
        if not all(isinstance(problem, Forbidden) for problem in problems):
            raise
        yield warn(
            "vault",
            f"this token is not for {names.stack} ({problems[0].what})",
            next_step="fine if another identity deploys it",
        )
        return
    shown = ", ".join(f"{path.rsplit('/', 1)[-1]} v{number}" for path, number in versions.items())
    yield ok("vault", f"{names.stack} has all required keys: {shown}")
    yield _values(client, names, mount, required)


def _values(client: hvac.Client, names: Names, mount: str, required: Mapping[str, Any]) -> Any:
    """POST /v1/sys/capabilities-self: whether values can be read, without reading one (V3)."""
    paths = [f"{mount}/data/{path}" for path in required]
    try:
        answer: Any = read(
            client, lambda: client.sys.get_capabilities(paths=paths), where="sys/capabilities-self"
        )
    except VaultError:
        return warn(
            "vault",
            f"whether this token can read {names.stack}'s values is not visible to it",
            next_step="`strata vault policies --check` by an administrator",
        )
    readable = [path for path in paths if set(answer["data"].get(path, ())) & {"read", "root", "sudo"}]
    if readable:
        return warn(
            "vault",
            f"this token can read {names.stack}'s values ({', '.join(readable)})",
            next_step="fine for an administrator; a deployer has strata-*-deploy only",
        )
    return ok("vault", f"this token can read no value of {names.stack} (403 on data/)")
