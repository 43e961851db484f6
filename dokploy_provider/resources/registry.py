"""`Registry` for Pulumi; what it does stands in `dokploy_provider.crud.registry`."""

from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi import dynamic

from dokploy_provider.context import Context
from dokploy_provider.crud import registry
from dokploy_provider.crud.base import Made, Seen
from dokploy_provider.models.registry import RegistryDesired
from dokploy_provider.resources.shell import Shell


class RegistryProvider(Shell):
    """See `Registry`."""

    model = RegistryDesired

    def make(self, here: Context, want: RegistryDesired) -> Made:
        """See `crud.registry.create`."""
        return registry.create(here, want)

    def look(self, here: Context, id_: str, state: Mapping[str, Any]) -> Seen | None:
        """See `crud.registry.read`."""
        return registry.read(here, id_, state)

    def change(self, here: Context, id_: str, state: Mapping[str, Any], want: RegistryDesired) -> Made:
        """See `crud.registry.update`."""
        return registry.update(here, id_, state, want)

    def drop(self, here: Context, id_: str, state: Mapping[str, Any]) -> None:
        """See `crud.registry.delete`."""
        registry.delete(here, id_, state)


class Registry(dynamic.Resource, module="dokploy", name="Registry"):
    """Dokploy's login to a private registry: host-wide, shared by all stacks, removed by none.

    Its password is `REGISTRY_PASSWORD` in the provider's environment, never an input.

    Args:
        name: logical name.
        registry_name: its name at Dokploy; it belongs to us by name, url and username.
        registry_url: host, e.g. `ghcr.io`.
        username: login.
        credential_version: any text; a new one makes the password be sent again.
        image_prefix: Dokploy's field of that name.
        opts: Pulumi's options.

    Attributes:
        registry_id: its id at Dokploy.
    """

    registry_id: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        registry_name: pulumi.Input[str],
        registry_url: pulumi.Input[str],
        username: pulumi.Input[str],
        credential_version: pulumi.Input[str],
        image_prefix: pulumi.Input[str] = "",
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props: dict[str, Any] = {
            "registry_name": registry_name,
            "registry_url": registry_url,
            "username": username,
            "credential_version": credential_version,
            "image_prefix": image_prefix,
            "registry_id": None,
        }
        super().__init__(RegistryProvider(), name, props, opts)
