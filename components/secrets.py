"""What the program asks of Vault: that every key is there, and which version it has; never a value."""

import os
from collections.abc import Mapping

import pulumi

from model.naming import Names
from model.services import required_secrets
from model.settings import Settings
from vault.client import login
from vault.preflight import secret_versions
from vault.token import expiry_warning, renew, standing


def proven_versions(settings: Settings, names: Names) -> Mapping[str, int]:
    """Vault path to version of all that the stack refers to.

    Raises:
        vault.errors.VaultError: Vault cannot be asked, or something is missing there; all of it is named.
    """
    client = login(os.environ)
    warning = expiry_warning(standing(client))
    if warning:
        pulumi.log.warn(warning)
    return secret_versions(client, mount=settings.vault_mount, required=required_secrets(names))


def renew_for_dokploy(settings: Settings, names: Names) -> None:
    """Prolong the token with which Dokploy reads Vault; a preview changes nothing, not even that.

    Raises:
        vault.errors.NotConnected: Dokploy has no such token; the next deployment could not read its secrets.
    """
    if pulumi.runtime.is_dry_run():
        return
    renewal = renew(login(os.environ), mount=settings.vault_mount, path=names.vault_path("deploy"))
    if renewal.warning:
        pulumi.log.warn(renewal.warning)
