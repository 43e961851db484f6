"""`Network` for Pulumi; what it does stands in `dokploy_provider.crud.network`."""

from typing import Any, ClassVar

import pulumi
from pulumi import dynamic

from dokploy_provider.crud import network
from dokploy_provider.models.network import NetworkDesired
from dokploy_provider.resources.shell import Noun, Shell


class NetworkProvider(Shell):
    """See `Network`."""

    model = NetworkDesired
    noun: ClassVar[Noun] = network


class Network(dynamic.Resource, module="dokploy", name="Network"):
    """A Docker network that Dokploy keeps; it belongs to us by its full name with equal settings.

    Args:
        name: logical name.
        network_name: its name in Docker.
        driver: `overlay` (a stack can join it) or `bridge`.
        attachable: whether containers outside of Swarm may join an overlay network.
        internal: whether it has no way out.
        opts: Pulumi's options.

    Attributes:
        network_id: its id at Dokploy.
    """

    network_id: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        network_name: pulumi.Input[str],
        driver: pulumi.Input[str] = "overlay",
        attachable: pulumi.Input[bool] = True,
        internal: pulumi.Input[bool] = False,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props: dict[str, Any] = {
            "network_name": network_name,
            "driver": driver,
            "attachable": attachable,
            "internal": internal,
            "network_id": None,
        }
        super().__init__(NetworkProvider(), name, props, opts)
