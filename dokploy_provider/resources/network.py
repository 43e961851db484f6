"""`Network` for Pulumi; what it does stands in `dokploy_provider.crud.network`."""

from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi import dynamic

from dokploy_provider.context import Context
from dokploy_provider.crud import network
from dokploy_provider.crud.base import Made, Seen
from dokploy_provider.models.network import NetworkDesired
from dokploy_provider.resources.shell import Shell


class NetworkProvider(Shell):
    """See `Network`."""

    model = NetworkDesired

    def make(self, here: Context, want: NetworkDesired) -> Made:
        """See `crud.network.create`."""
        return network.create(here, want)

    def look(self, here: Context, id_: str, state: Mapping[str, Any]) -> Seen | None:
        """See `crud.network.read`."""
        return network.read(here, id_, state)

    def change(self, here: Context, id_: str, state: Mapping[str, Any], want: NetworkDesired) -> Made:
        """See `crud.network.update`."""
        return network.update(here, id_, state, want)

    def drop(self, here: Context, id_: str, state: Mapping[str, Any]) -> None:
        """See `crud.network.delete`."""
        network.delete(here, id_, state)


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
