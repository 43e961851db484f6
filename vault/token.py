"""How long tokens still live: the one of the run, and the one with which Dokploy reads Vault."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import hvac

from vault import kv
from vault.ask import INVALID_ACCESSOR, read
from vault.errors import Absent, NotConnected, Refused

# Fields at `<app>/<env>/deploy`; vault.connect writes them.
ACCESSOR = "dokploy_vault_accessor"
CONNECTING = "dokploy_vault_connecting"
SUPERSEDED = "dokploy_vault_superseded"

_DAY = 24 * 3600


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What Vault says about the token in use.

    Attributes:
        ttl: seconds it still lives, `None` if it never expires.
        creation_ttl: seconds it was given.
        policies: by name, sorted.
    """

    ttl: int | None
    creation_ttl: int
    policies: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Renewal:
    """Dokploy's token after a renewal.

    Attributes:
        ttl: seconds it now lives.
        warning: what an operator should know, or `None`.
    """

    ttl: int
    warning: str | None


def standing(client: hvac.Client) -> Standing:
    """GET /v1/auth/token/lookup-self."""
    answer: Any = read(client, client.auth.token.lookup_self, where="auth/token/lookup-self")
    data = answer["data"]
    return Standing(
        ttl=None if data.get("expire_time") is None else int(data["ttl"]),
        creation_ttl=int(data["creation_ttl"]),
        policies=tuple(sorted({*data.get("policies", ()), *(data.get("identity_policies") or ())})),
    )


def expiry_warning(token: Standing) -> str | None:
    """A text when less than a quarter of the token's life is left, and less than a day; else `None`."""
    if token.ttl is None or token.ttl >= min(token.creation_ttl / 4, _DAY):
        return None
    left = timedelta(seconds=token.ttl)
    return f"VAULT_TOKEN expires in {left}: log in again before longer work (`vault login`)."


def renew(client: hvac.Client, *, mount: str, path: str) -> Renewal:
    """POST /v1/auth/token/renew-accessor for Dokploy's token: Dokploy 0.30.2 itself does not (2026-11-23).

    Args:
        client: needs `read` on the path's `data/` and `update` on `auth/token/renew-accessor`.
        mount: of the KV engine.
        path: `<app>/<env>/deploy`, where the accessor is kept; an observer's has a copy of it.

    Raises:
        NotConnected: no accessor is kept there, or its token is gone.
    """
    environment = kv.environment_of(path).removesuffix("-observe")
    next_step = f"an administrator runs `strata vault connect {environment}`"
    try:
        _, record = kv.values(client, mount=mount, path=path)
    except Absent:
        record = {}
    accessor = record.get(ACCESSOR, "")
    if not accessor:
        raise NotConnected(
            f"{mount}/{path} has no {ACCESSOR}: Dokploy has no token for Vault", next_step=next_step
        )
    where = "auth/token/renew-accessor"
    try:
        answer: Any = read(client, lambda: client.auth.token.renew_accessor(accessor), where=where)
    except Refused as refusal:
        gone = "is revoked or expired" if refusal.reason == INVALID_ACCESSOR else "cannot be renewed"
        raise NotConnected(
            f"The token with which Dokploy reads Vault {gone} ({ACCESSOR} at {mount}/{path}): "
            "its next deployment would fail",
            next_step=next_step,
        ) from None
    ttl = int(answer["auth"]["lease_duration"])
    return Renewal(
        ttl=ttl, warning=_warning(ttl, interrupted=bool(record.get(CONNECTING)), next_step=next_step)
    )


def _warning(ttl: int, *, interrupted: bool, next_step: str) -> str | None:
    if interrupted:
        return (
            "A `strata vault connect` was interrupted, Dokploy may hold another token than the one renewed: "
            f"{next_step}."
        )
    if ttl < _DAY:
        left = timedelta(seconds=ttl)
        return f"Dokploy's token for Vault lives only {left} more and cannot be prolonged: {next_step}."
    return None
