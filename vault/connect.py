"""Give Dokploy its own token for Vault: periodic, orphan, with the environment's `dokploy` policy only.

The token's value goes through here once, from Vault to Dokploy, and is kept nowhere else; its accessor is
kept at `<app>/<env>/deploy`, with which it can be renewed and revoked but not used.

No live token without a record, wherever this is killed: first the intent is recorded (a nonce, which the
token carries in its metadata), then the token is minted, then Dokploy gets it, then its accessor replaces the
previous one, which is listed as superseded until it is revoked. A later run finds what an interrupted one
left: by the list, or, if an intent is open, by asking each token's metadata for the nonce.
"""

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import hvac

from vault import kv
from vault.ask import read, write
from vault.errors import MissingPath, NotConnected, Refused
from vault.policies import exists
from vault.token import ACCESSOR, CONNECTING, SUPERSEDED

# Vault's own longest lease (32 days): each renewal by the deployer starts it anew.
PERIOD = "768h"
_NONCE = "strata_connect"


@dataclass(frozen=True, kw_only=True)
class Connection:
    """Dokploy holds a new token.

    Attributes:
        accessor: of the token; names it without giving its rights.
        period: seconds it lives without a renewal.
        revoked: how many earlier tokens were revoked.
    """

    accessor: str
    period: int
    revoked: int


def connect(
    client: hvac.Client,
    *,
    mount: str,
    path: str,
    policy: str,
    display_name: str,
    hand_over: Callable[[str], None],
    copies: Sequence[str] = (),
    period: str = PERIOD,
) -> Connection:
    """Mint a token, hand it to Dokploy, record its accessor, revoke what it replaces.

    Args:
        client: an administrator's: mints orphans, writes the path, reads policies; after an interrupted
            run it also lists accessors.
        mount: of the KV engine.
        path: `<app>/<env>/deploy`; its other fields stay.
        policy: of the token, its only one.
        display_name: of the token, for audit logs.
        hand_over: gives the token to Dokploy; returns only if Dokploy surely has it.
        copies: further paths that get the accessor, of those who renew the token and see no more of `path`.
        period: the token's life between renewals, as Vault writes durations.

    Raises:
        NotConnected: the policy does not exist.
        ChangedMeanwhile: another run is at it.
        VaultError: Vault refused; what was done is recorded, running it again completes it.
    """
    if not exists(client, policy):
        raise NotConnected(
            f"Vault has no policy {policy}, a token with it could read nothing",
            next_step="`strata vault policies --apply`, then connect again",
        )
    nonce = secrets.token_hex(8)
    version, record = _record(client, mount=mount, path=path)
    interrupted = _words(record, CONNECTING)
    intent = {CONNECTING: " ".join([*interrupted, nonce])}
    version = _recorded(client, mount=mount, path=path, fields=intent, version=version)
    token, accessor, period_seconds = _mint(
        client, policy=policy, display_name=display_name, nonce=nonce, period=period
    )
    hand_over(token)
    superseded = dict.fromkeys(
        [*_words(record, SUPERSEDED), *_words(record, ACCESSOR), *_left_over(client, interrupted)]
    )
    fields = {ACCESSOR: accessor, SUPERSEDED: " ".join(superseded) or None, CONNECTING: None}
    version = _recorded(client, mount=mount, path=path, fields=fields, version=version)
    for copy in copies:
        there, _ = _record(client, mount=mount, path=copy)
        _recorded(client, mount=mount, path=copy, fields={ACCESSOR: accessor}, version=there)
    for old in superseded:
        _revoke(client, old)
    if superseded:
        _recorded(client, mount=mount, path=path, fields={SUPERSEDED: None}, version=version)
    return Connection(accessor=accessor, period=period_seconds, revoked=len(superseded))


def _record(client: hvac.Client, *, mount: str, path: str) -> tuple[int, Mapping[str, str]]:
    """The path's version, 0 if it does not exist, and its fields."""
    try:
        return kv.values(client, mount=mount, path=path)
    except MissingPath:
        return 0, {}


def _recorded(
    client: hvac.Client, *, mount: str, path: str, fields: Mapping[str, str | None], version: int
) -> int:
    if version:
        return kv.merge(client, mount=mount, path=path, fields=fields, version=version)
    return kv.create(
        client,
        mount=mount,
        path=path,
        fields={name: text for name, text in fields.items() if text is not None},
    )


def _mint(
    client: hvac.Client, *, policy: str, display_name: str, nonce: str, period: str
) -> tuple[str, str, int]:
    """POST /v1/auth/token/create-orphan: token, accessor, period in seconds."""
    answer: Any = write(
        client,
        lambda: client.auth.token.create_orphan(
            policies=[policy],
            no_default_policy=True,
            period=period,
            display_name=display_name,
            meta={_NONCE: nonce},
        ),
        where="auth/token/create-orphan",
    )
    auth = answer["auth"]
    return str(auth["client_token"]), str(auth["accessor"]), int(auth["lease_duration"])


def _left_over(client: hvac.Client, nonces: Iterable[str]) -> list[str]:
    """LIST /v1/auth/token/accessors, then each one's metadata: tokens that interrupted runs minted."""
    wanted = set(nonces)
    if not wanted:
        return []
    listing: Any = read(client, client.auth.token.list_accessors, where="auth/token/accessors")
    return [
        accessor for accessor in listing["data"]["keys"] if _metadata(client, accessor).get(_NONCE) in wanted
    ]


def _metadata(client: hvac.Client, accessor: str) -> Mapping[str, str]:
    """POST /v1/auth/token/lookup-accessor: a read, although a POST. A token that ended meanwhile has none."""
    try:
        answer: Any = read(
            client, lambda: client.auth.token.lookup_accessor(accessor), where="auth/token/lookup-accessor"
        )
    except Refused:
        return {}
    return answer["data"].get("meta") or {}


def _revoke(client: hvac.Client, accessor: str) -> None:
    """POST /v1/auth/token/revoke-accessor; one that is gone already is as good as revoked."""
    try:
        write(client, lambda: client.auth.token.revoke_accessor(accessor), where="auth/token/revoke-accessor")
    except Refused:
        if _exists(client, accessor):
            raise


def _exists(client: hvac.Client, accessor: str) -> bool:
    try:
        read(client, lambda: client.auth.token.lookup_accessor(accessor), where="auth/token/lookup-accessor")
    except Refused:
        return False
    return True


def _words(record: Mapping[str, str], name: str) -> list[str]:
    return record.get(name, "").split()
