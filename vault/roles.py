"""The roles as which jobs of CI log in, generated from the table of identities (V5, V8, G5).

Vault takes the token that GitHub signs for a job and lets it in as a role if every bound claim fits: the
repository by its number (a name can be given to another repository), the environment, the ref, the workflow
file with its ref, and this Vault's own address as audience. A token that GitHub made for somebody else's
service, or another Vault, opens nothing here.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import unified_diff
from functools import partial
from typing import Any

import hvac

from model.identity import IDENTITIES, MOUNT, Identity, Kind
from vault.ask import read, write
from vault.errors import Absent, MissingMount, TakenMount
from vault.policies import Difference, State

GITHUB = "https://token.actions.githubusercontent.com"
"""Who signs the tokens of jobs at github.com; a GitHub Enterprise Server has an issuer of its own."""

_MINUTE = 60
_LIVES = {
    # Waiting behind other deployments does not eat a deployment's own time (D3); then it still renews.
    Kind.DEPLOY: 60 * _MINUTE,
    Kind.OBSERVE: 30 * _MINUTE,
    Kind.PLAN: 15 * _MINUTE,
    Kind.PREVIEW: 15 * _MINUTE,
}
"""Seconds that a token lives, whatever renews it."""

Role = Mapping[str, Any]

# Of which Vault takes exactly one: where the signers' keys come from.
_SOURCES = ("oidc_discovery_url", "jwks_url", "jwt_validation_pubkeys")


@dataclass(frozen=True, kw_only=True)
class Repository:
    """Whose jobs are let in.

    Attributes:
        number: GitHub's id of it, as the claim `repository_id` has it.
        full_name: `owner/name`.
    """

    number: str
    full_name: str


def roles(*, slug: str, repository: Repository, audience: str) -> dict[str, Role]:
    """Role name to its parameters at Vault, in the order of the table.

    Args:
        slug: of the application, part of the names.
        repository: whose jobs are let in.
        audience: VAULT_ADDR as jobs have it.
    """
    return {one.role(slug): _role(one, slug, repository, audience) for one in IDENTITIES}


def differences(
    client: hvac.Client, wanted: Mapping[str, Role], *, slug: str, issuer: str = GITHUB
) -> list[Difference]:
    """What is not as generated: the mount's configuration, the roles, and roles with our prefix of nobody.

    GET /v1/sys/auth, /v1/auth/jwt/config, /v1/auth/jwt/role/<name>, and LIST.

    Args:
        client: an administrator's.
        wanted: as `roles` gives them.
        slug: of the application, part of the prefix.
        issuer: who signs the jobs' tokens.

    Raises:
        TakenMount: jobs of somebody else log in there.
    """
    found: list[Difference] = []
    config = _config(client)
    if config is None or _differs(config, _configuration(issuer)):
        _may_be_ours(client, config, issuer)
        state = State.MISSING if config is None else State.DIFFERENT
        found.append(Difference(name=f"auth/{MOUNT}", state=state))
    for name, role in wanted.items():
        there = None if config is None else _there(client, f"auth/{MOUNT}/role/{name}")
        if there is None:
            found.append(Difference(name=named(name), state=State.MISSING))
        elif lines := _differs(there, role):
            found.append(Difference(name=named(name), state=State.DIFFERENT, diff=tuple(lines)))
    return found + [
        Difference(name=named(name), state=State.UNKNOWN)
        for name in ([] if config is None else listed(client))
        if name.startswith(f"strata-{slug}-") and name not in wanted
    ]


def apply(
    client: hvac.Client,
    wanted: Mapping[str, Role],
    *,
    slug: str,
    issuer: str = GITHUB,
    refused: Sequence[str] = (),
) -> list[str]:
    """Write what is missing or different; what we do not know stays.

    Args:
        client: an administrator's.
        wanted: as `roles` gives them.
        slug: of the application.
        issuer: who signs the jobs' tokens; Vault asks it for its keys at once.
        refused: roles that are not written, because their gate is incomplete.

    Returns:
        What was written; empty the second time.

    Raises:
        TakenMount: jobs of somebody else log in there.
    """
    changed = [
        one.name
        for one in differences(client, wanted, slug=slug, issuer=issuer)
        if one.state is not State.UNKNOWN and one.name not in map(named, refused)
    ]
    if f"auth/{MOUNT}" in changed:
        _configure(client, issuer)
    for name, role in wanted.items():
        if named(name) in changed:
            _put(client, named(name), role)
    return changed


def listed(client: hvac.Client) -> list[str]:
    """LIST /v1/auth/jwt/role: every role's name, none where nothing is mounted."""
    where = f"auth/{MOUNT}/role"
    try:
        answer: Any = read(client, lambda: client.adapter.list(f"/v1/{where}"), where=where)
    except (Absent, MissingMount):
        return []
    return list(answer["data"]["keys"])


def named(role: str) -> str:
    """Where a role lies at Vault: `auth/jwt/role/<name>`."""
    return f"auth/{MOUNT}/role/{role}"


def _role(identity: Identity, slug: str, repository: Repository, audience: str) -> Role:
    """All that could let more in is said, so that a change of it is seen; what narrows is left to others."""
    seconds = _LIVES[identity.kind]
    return {
        "role_type": "jwt",
        "user_claim": "sub",
        "groups_claim": "",
        "bound_audiences": [audience],
        "bound_claims_type": "glob",
        "bound_claims": {
            "repository_id": [repository.number],
            "environment": list(identity.environments),
            "ref": list(identity.refs),
            "workflow_ref": list(identity.workflow_refs(repository.full_name)),
        },
        # Told by Vault's audit log: whose run it was.
        "claim_mappings": {"actor": "actor", "run_id": "run_id", "sha": "sha"},
        "clock_skew_leeway": 0,
        "expiration_leeway": 0,
        "not_before_leeway": 0,
        "verbose_oidc_logging": False,
        "token_policies_template_claims": False,
        "token_policies": [identity.role(slug)],
        "token_no_default_policy": True,
        # A batch token could not be given back at the end of the job.
        "token_type": "service",
        "token_ttl": seconds,
        "token_max_ttl": seconds,
        "token_explicit_max_ttl": seconds,
        "token_period": 0,
    }


def _configuration(issuer: str) -> Role:
    return {"oidc_discovery_url": issuer, "bound_issuer": issuer, "jwt_supported_algs": ["RS256"]}


def _configure(client: hvac.Client, issuer: str) -> None:
    """POST /v1/sys/auth/jwt if nothing is mounted, then POST /v1/auth/jwt/config."""
    if f"{MOUNT}/" not in _mounts(client):
        mount = partial(client.sys.enable_auth_method, "jwt", path=MOUNT)
        write(client, mount, where=f"sys/auth/{MOUNT}")
    _put(client, f"auth/{MOUNT}/config", _configuration(issuer))


def _may_be_ours(client: hvac.Client, config: Mapping[str, Any] | None, issuer: str) -> None:
    there = next(((config or {}).get(key) for key in _SOURCES if (config or {}).get(key)), issuer)
    kind = _mounts(client).get(f"{MOUNT}/", {}).get("type", "jwt")
    if kind not in ("jwt", "oidc") or there != issuer:
        who = f"a {kind} method" if kind not in ("jwt", "oidc") else f"tokens signed as {there} says"
        raise TakenMount(
            f"auth/{MOUNT} in Vault at {client.url} is for {who}, not for tokens of {issuer}",
            next_step="move that login to another mount, or, if nobody needs it any more, "
            f"`vault auth disable {MOUNT}`; GITHUB_OIDC_ISSUER names another issuer than GitHub's own",
        )


def _config(client: hvac.Client) -> Mapping[str, Any] | None:
    """What the mount is configured with; `None` when there is no mount or nothing was configured."""
    if _mounts(client).get(f"{MOUNT}/", {}).get("type") not in ("jwt", "oidc"):
        return None
    there = _there(client, f"auth/{MOUNT}/config")
    return there if there and any(there.get(key) for key in _SOURCES) else None


def _mounts(client: hvac.Client) -> Mapping[str, Any]:
    answer: Any = read(client, client.sys.list_auth_methods, where="sys/auth")
    found: Mapping[str, Any] = answer["data"]
    return found


def _there(client: hvac.Client, path: str) -> Mapping[str, Any] | None:
    try:
        answer: Any = read(client, lambda: client.adapter.get(f"/v1/{path}"), where=path)
    except Absent:
        return None
    found: Mapping[str, Any] = answer["data"]
    return found


def _put(client: hvac.Client, path: str, body: Role) -> None:
    write(client, lambda: client.adapter.post(f"/v1/{path}", json=dict(body)), where=path)


def _differs(there: Mapping[str, Any], wanted: Role) -> list[str]:
    """From the server's to ours, as lines of a unified diff of what we say; nothing of it is secret."""
    found = {key: there.get(key) for key in wanted}
    same = {key: wanted[key] if not wanted[key] and not found[key] else found[key] for key in wanted}
    return list(unified_diff(_lines(same), _lines(wanted), "server", "generated", lineterm=""))


def _lines(role: Mapping[str, Any]) -> list[str]:
    return json.dumps(dict(role), indent=2, sort_keys=True).splitlines()
