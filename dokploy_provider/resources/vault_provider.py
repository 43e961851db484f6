"""`VaultProvider` for Pulumi; what it does stands in `dokploy_provider.crud.vault_provider`."""

from typing import Any, ClassVar

import pulumi
from pulumi import dynamic

from dokploy_provider.crud import vault_provider
from dokploy_provider.models.vault_provider import VaultProviderDesired
from dokploy_provider.resources.shell import Noun, Shell


class VaultProviderProvider(Shell):
    """See `VaultProvider`."""

    model = VaultProviderDesired
    noun: ClassVar[Noun] = vault_provider
    parents = frozenset({"project_id", "environment_id"})


class VaultProvider(dynamic.Resource, module="dokploy", name="VaultProvider"):
    """The assignment of an existing vault provider object to one environment.

    `strata vault connect` makes the object; this adopts it by exact name, url and mount, and keeps its token
    and its other assignments. A destroy takes our assignment away and leaves the object.

    Args:
        name: logical name.
        provider_name: its name at Dokploy, the `<name>` in `${{vault.<name>.<path>:<field>}}`.
        url: address at which Dokploy's host reaches Vault.
        mount: KV v2 mount.
        project_id: `Project.project_id`.
        environment_id: `Environment.environment_id`.
        opts: Pulumi's options.

    Attributes:
        vault_provider_id: its id at Dokploy.
    """

    vault_provider_id: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        provider_name: pulumi.Input[str],
        url: pulumi.Input[str],
        mount: pulumi.Input[str],
        project_id: pulumi.Input[str],
        environment_id: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props: dict[str, Any] = {
            "provider_name": provider_name,
            "url": url,
            "mount": mount,
            "project_id": project_id,
            "environment_id": environment_id,
            "vault_provider_id": None,
        }
        super().__init__(VaultProviderProvider(), name, props, opts)
