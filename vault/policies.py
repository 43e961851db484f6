"""The policies of every identity, generated from the paths that are read (V8).

Who there is, and as what a job of CI comes, stands in `model.identity`; each has its own limit:
- deploy: proves that keys exist and which version they have; cannot read one value of a service (V3).
- dokploy: reads the values of one environment's services, for Dokploy's host; nothing else.
- plan: sees the names that deploy sees, of all environments; previews in pull requests have it.
- observe: sees the names of one environment and prolongs Dokploy's token; scheduled looks have it.
- preview: reads what previews are deployed with, no name of a standing environment.
Those that CI comes as read their own deploy path and give their token back. No policy covers
`auth/token/create`, so none can mint a token that can more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import unified_diff
from enum import StrEnum
from functools import partial
from typing import Any

import hvac

from model.identity import IDENTITIES, Identity, Kind
from vault.ask import read, write
from vault.errors import Absent


@dataclass(frozen=True, kw_only=True)
class Reads:
    """The paths that one environment reads, below its mount."""

    environment: str
    mount: str
    service_paths: tuple[str, ...]


class State(StrEnum):
    """How a policy on the server compares with the generated one."""

    MISSING = "missing"
    DIFFERENT = "different"
    UNKNOWN = "unknown"  # carries our prefix, but is none that we generate


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One policy that is not as generated.

    Attributes:
        diff: from the server's text to ours, as lines of a unified diff; policies hold no secret.
    """

    name: str
    state: State
    diff: tuple[str, ...] = ()


def deploy_policy(*, slug: str, environment: str) -> str:
    """Name of the policy of the identity that deploys an environment."""
    return f"strata-{slug}-{environment}-deploy"


def dokploy_policy(*, slug: str, environment: str) -> str:
    """Name of the policy of the token with which Dokploy reads an environment's secrets."""
    return f"strata-{slug}-{environment}-dokploy"


def plan_policy(*, slug: str) -> str:
    """Name of the policy of previews in pull requests."""
    return f"strata-{slug}-plan"


def documents(*, slug: str, app: str, environments: Sequence[Reads]) -> dict[str, str]:
    """Policy name to its HCL text, ordered by name.

    Args:
        slug: part of the names.
        app: the first part of every path.
        environments: what each standing environment reads.
    """
    by_name = {reads.environment: reads for reads in environments}
    policies = {
        identity.role(slug): _document(_rules(identity, app, by_name))
        for identity in IDENTITIES
        if by_name.keys() >= {identity.home, *identity.stacks}
    }
    for reads in environments:
        policies[dokploy_policy(slug=slug, environment=reads.environment)] = _document(
            {
                **{f"{reads.mount}/data/{path}": "read" for path in reads.service_paths},
                "auth/token/lookup-self": "read",
            }
        )
    return dict(sorted(policies.items()))


def differences(client: hvac.Client, policies: Mapping[str, str], *, slug: str) -> list[Difference]:
    """GET /v1/sys/policies/acl/<name> of each, and LIST for those with our prefix that we do not generate.

    Args:
        client: an administrator's.
        policies: as `documents` gives them.
        slug: of the application, part of the prefix.
    """
    found: list[Difference] = []
    for name, text in policies.items():
        there = _server_text(client, name)
        if there is None:
            found.append(Difference(name=name, state=State.MISSING))
        elif there != text:
            lines = unified_diff(there.splitlines(), text.splitlines(), "server", "generated", lineterm="")
            found.append(Difference(name=name, state=State.DIFFERENT, diff=tuple(lines)))
    listing: Any = read(client, client.sys.list_acl_policies, where="sys/policies/acl")
    ours = [name for name in listing["data"]["keys"] if name.startswith(f"strata-{slug}-")]
    found.extend(Difference(name=name, state=State.UNKNOWN) for name in ours if name not in policies)
    return found


def apply(client: hvac.Client, policies: Mapping[str, str], *, slug: str) -> list[str]:
    """PUT /v1/sys/policies/acl/<name> of those that are missing or different; what we do not know stays.

    Returns:
        The names that were written; empty the second time.
    """
    changed = [
        found.name for found in differences(client, policies, slug=slug) if found.state is not State.UNKNOWN
    ]
    for name in changed:
        change = partial(client.sys.create_or_update_acl_policy, name, policies[name])
        write(client, change, where=f"sys/policies/acl/{name}")
    return changed


def exists(client: hvac.Client, name: str) -> bool:
    """Whether the server has the policy: a token minted with an unknown one is silently worth nothing."""
    return _server_text(client, name) is not None


def _server_text(client: hvac.Client, name: str) -> str | None:
    try:
        answer: Any = read(client, lambda: client.sys.read_acl_policy(name), where=f"sys/policies/acl/{name}")
    except Absent:
        return None
    return str(answer["data"]["policy"])


def _rules(identity: Identity, app: str, environments: Mapping[str, Reads]) -> dict[str, str]:
    """API path to what the identity may there."""
    names = {path: may for one in identity.stacks for path, may in _names_only(environments[one]).items()}
    own = f"{environments[identity.home].mount}/data/{identity.deploy_path(app)}"
    rules = {**names, own: "read", "auth/token/lookup-self": "read", "auth/token/revoke-self": "update"}
    if identity.kind in (Kind.DEPLOY, Kind.OBSERVE):
        rules["auth/token/renew-accessor"] = "update"
    return rules


def _names_only(reads: Reads) -> dict[str, str]:
    """Key names and versions, never a value."""
    views = ("metadata", "subkeys")
    return {f"{reads.mount}/{view}/{path}": "read" for path in reads.service_paths for view in views}


def _document(rules: Mapping[str, str]) -> str:
    blocks = [f'path "{path}" {{\n  capabilities = ["{may}"]\n}}\n' for path, may in sorted(rules.items())]
    return "\n".join(["# Generated from the paths that are read: strata vault policies --apply\n", *blocks])
