"""`Registry` for Pulumi; what it does stands in `dokploy_provider.crud.registry`."""

from typing import Any, ClassVar

import pulumi
from pulumi import dynamic

from dokploy_provider.crud import registry
from dokploy_provider.models.registry import RegistryDesired
from dokploy_provider.resources.shell import Noun, Shell


class RegistryProvider(Shell):
    """See `Registry`."""

    model = RegistryDesired
    noun: ClassVar[Noun] = registry


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
