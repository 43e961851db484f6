"""Network: the Docker network that the tiers of one environment join."""

from typing import Literal

from pydantic import Field

from dokploy_provider.models.base import Desired, Row


class NetworkDesired(Desired):
    """Inputs of `resources.Network`. None of them can be changed in place: Dokploy has no update for "
    "networks.
    """

    network_name: str = Field(min_length=1)
    driver: Literal["overlay", "bridge"] = "overlay"
    attachable: bool = True
    internal: bool = False


class NetworkRow(Row):
    """A network that Dokploy knows."""

    network_id: str
    name: str
    driver: str
    attachable: bool = False
    internal: bool = False
