"""Dokploy's side of `strata vault connect`: the object through which it reads Vault."""

from dataclasses import dataclass
from typing import Any

from dokploy_provider.client import Client
from dokploy_provider.errors import OutcomeUnknown, Rejected
from strata.errors import CommandError


@dataclass(frozen=True, kw_only=True)
class VaultObject:
    """The vault provider that an environment's references name.

    Attributes:
        name: unique at Dokploy.
        url: where Dokploy's host reaches Vault.
        mount: of the KV engine.
    """

    name: str
    url: str
    mount: str


def hand_over(client: Client, wanted: VaultObject, token: str) -> None:
    """Create or update the vault provider so that it holds a token; its assignments stay as they are.

    The token is tried from Dokploy's host first (`vaultProvider.testConnection` with a config saves nothing),
    so that one which cannot be used never replaces one that can. An update is whole: name, config,
    assignments.

    Raises:
        dokploy_provider.errors.DokployError: it is not sure that Dokploy holds the token.
        CommandError: Dokploy's host cannot use it.
    """
    client.hide(token)
    config = {"providerType": "hashicorp", "url": wanted.url, "mount": wanted.mount, "token": token}
    _tried(client, wanted, config)
    there = _found(client, wanted.name)
    if there:
        body = {
            "vaultProviderId": there["vaultProviderId"],
            "name": wanted.name,
            "config": config,
            "assignments": there.get("assignments") or [],
        }
        client.post("vaultProvider.update", body)
        return
    try:
        client.post("vaultProvider.create", {"name": wanted.name, "config": config, "assignments": []})
    except OutcomeUnknown:
        # It may be there now; which token it holds is masked, so it gets ours again.
        if not (made := _found(client, wanted.name)):
            raise
        update = {"vaultProviderId": made["vaultProviderId"], "name": wanted.name, "config": config}
        client.post("vaultProvider.update", {**update, "assignments": made.get("assignments") or []})


def _found(client: Client, name: str) -> dict[str, Any] | None:
    rows = client.get("vaultProvider.all")
    return next((row for row in rows if row["name"] == name), None)


def _tried(client: Client, wanted: VaultObject, config: dict[str, str]) -> None:
    """POST vaultProvider.testConnection: Dokploy asks Vault's `lookup-self` with the token (2026-11-22)."""
    try:
        client.post("vaultProvider.testConnection", {"config": config})
    except Rejected as error:
        raise CommandError(
            f"Dokploy's host cannot use Vault at {wanted.url} ({error})",
            next_step="set DOKPLOY_VAULT_ADDR to Vault's address as Dokploy's host sees it, connect again",
        ) from None
