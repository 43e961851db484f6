"""How a job of CI comes to its credentials: its own signed token for a short one of Vault, then one path."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import hvac

from model.identity import MOUNT, Identity
from vault import kv
from vault.ask import read, write
from vault.client import connection
from vault.errors import Absent, ExpiredToken, MisplacedKeys, MissingKeys, MissingPath, NotAdmitted, Refused

_LOGIN = f"auth/{MOUNT}/login"
_APPLY = "an administrator runs `strata vault policies --apply`"


@dataclass(frozen=True, kw_only=True)
class Session:
    """A job that was let in.

    Attributes:
        client: with its token.
        seconds: that the token lives.
    """

    client: hvac.Client
    seconds: int


def log_in(env: Mapping[str, str], *, identity: Identity, slug: str, token: str) -> Session:
    """POST /v1/auth/jwt/login.

    Args:
        env: VAULT_ADDR and what else a connection needs.
        identity: as which the job comes.
        slug: of the application.
        token: that GitHub signed for the job.

    Raises:
        NotAdmitted: a claim does not fit, or there is no such role; which one is said.
        VaultError: Vault cannot be asked.
    """
    client, role = connection(env, token=None), identity.role(slug)
    try:
        answer: Any = read(
            client,
            lambda: client.auth.jwt.jwt_login(role=role, jwt=token, use_token=False, path=MOUNT),
            where=_LOGIN,
        )
    except Refused as refusal:
        why, next_step = _explained(refusal.reason, identity)
        raise NotAdmitted(
            f"Vault at {client.url} does not let this job in as {role}: {why}", next_step=next_step
        ) from None
    except (ExpiredToken, Absent):  # there is no token yet: 403 is a login that nobody made
        raise NotAdmitted(
            f"Vault at {client.url} has no login for jobs (auth/{MOUNT})", next_step=_APPLY
        ) from None
    client.token = answer["auth"]["client_token"]
    return Session(client=client, seconds=int(answer["auth"]["lease_duration"]))


def credentials(client: hvac.Client, *, identity: Identity, app: str, mount: str) -> dict[str, str]:
    """GET /v1/<mount>/data/<app>/<environment>/deploy: all that stands at an identity's own path.

    Args:
        client: of a job, or of an administrator who looks.
        identity: whose path.
        app: the first part of the path.
        mount: of the KV engine.

    Raises:
        MissingPath: nothing is there.
        MissingKeys: a required key is not there, or is empty or no text.
        MisplacedKeys: a key is there that this identity must not hold.
    """
    path = identity.deploy_path(app)
    try:
        found: Mapping[str, Any] = kv.values(client, mount=mount, path=path)[1]
    except MissingPath:
        raise MissingPath(
            f"{mount}/{path} does not exist in Vault, the environment has no credentials",
            next_step=_put(mount, path, sorted(identity.required_keys), "put"),
        ) from None
    there = {key: value for key, value in found.items() if isinstance(value, str) and value.strip()}
    if missing := sorted(identity.required_keys - there.keys()):
        raise MissingKeys(
            f"{mount}/{path} lacks {', '.join(missing)} (absent, empty or no text)",
            next_step=_put(mount, path, missing, "patch"),
            keys=missing,
        )
    if refused := sorted(identity.refused_keys & found.keys()):
        raise MisplacedKeys(
            f"{mount}/{path} holds {', '.join(refused)}, which a job in {identity.environment} must not have",
            next_step="an administrator takes it out and makes a new one: others could read it",
        )
    return there


def give_back(client: hvac.Client) -> None:
    """POST /v1/auth/token/revoke-self; raises `ExpiredToken` for one that is none any more."""
    write(client, client.auth.token.revoke_self, where="auth/token/revoke-self")


def _put(mount: str, path: str, keys: list[str], verb: str) -> str:
    """A value is read from standard input: neither the shell's history nor a list of processes has it."""
    return (
        f"an administrator writes {', '.join(keys)} there, the first with "
        f"`vault kv {verb} -mount={mount} {path} {keys[0]}=-` (docs/setup.md, Credentials)"
    )


def _explained(reason: str, identity: Identity) -> tuple[str, str]:
    """What a refusal of Vault's means for the job, and what to do."""
    refs, files = ", ".join(identity.refs), ", ".join(entry.workflow for entry in identity.entries)
    known = {
        'claim "environment"': f"the job names this environment: `environment: {identity.environment}`",
        'claim "ref"': f"run it on {refs}",
        'claim "workflow_ref"': f"it may come from {files} on {refs} only",
        'claim "repository_id"': f"run it in the repository of the role; after a move of it {_APPLY}",
        "audience": "`vaultAddr` in Pulumi.yaml and VAULT_ADDR of the administrator who ran `strata vault "
        "policies --apply` have to be the same text",
        "token is expired": "run the job again; if it stays so, compare the clocks of runner and Vault",
        "issuer": "the roles are for another GitHub: set GITHUB_OIDC_ISSUER, `strata vault policies --check`",
        "signature": "the token is none that GitHub signed: look who wrote ACTIONS_ID_TOKEN_REQUEST_URL",
        "could not be found": f"complete the environment's gate, then {_APPLY}: it says what is missing",
        "token validator": "Vault cannot fetch GitHub's keys: let it reach the issuer, run the job again",
    }
    for part, next_step in known.items():
        if part in reason:
            return reason, next_step
    return reason or "it refused without a reason that can be shown", "Vault's own log has the reason in full"
