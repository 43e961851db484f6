"""Networks of the host. A `bridge` is local to it, an `overlay` belongs to the swarm."""

from collections.abc import Mapping
from typing import Any

from sandbox.engine.errors import DaemonError
from sandbox.engine.lifecycle import Status, state_of
from sandbox.engine.state import State

DOKPLOY_NETWORK = "dokploy-network"
"""The overlay network that Dokploy's setup makes and Traefik routes on."""

LOCAL = "local"
SWARM = "swarm"
_SHORT = 12


class Networks:
    """The network table of one host; rows are keyed by name, since the host makes no two of one name.

    Args:
        state: the engine's tables.
    """

    def __init__(self, state: State) -> None:
        self._state = state

    def ensure_dokploys(self) -> None:
        """Make `dokploy-network`, as the installation of Dokploy does."""
        if DOKPLOY_NETWORK not in self._state.networks:
            self.create(DOKPLOY_NETWORK, driver="overlay", attachable=True)

    def get(self, name: str) -> dict[str, Any] | None:
        """The network with this name or id."""
        return self._state.networks.get(name) or next(iter(self._state.networks.where(id=name)), None)

    def create(
        self,
        name: str,
        *,
        driver: str,
        attachable: bool = False,
        internal: bool = False,
        labels: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """Make a network. Raises `DaemonError` when the name is taken."""
        if name in self._state.networks:
            raise DaemonError(f"network with name {name} already exists")
        row = {
            "id": self._state.new_id(f"network {name}"),
            "name": name,
            "driver": driver,
            "scope": SWARM if driver == "overlay" else LOCAL,
            "attachable": attachable,
            "internal": internal,
            "labels": dict(labels or {}),
            "created": self._state.stamp(),
        }
        self._state.networks.put(name, row)
        return row

    def users(self, name: str) -> list[dict[str, Any]]:
        """Running containers that are attached to it; a stopped one does not hold a network."""
        return [
            c
            for c in self._state.containers.where()
            if name in c["networks"] and state_of(c, self._state.now).status is Status.RUNNING
        ]

    def remove(self, name: str) -> str:
        """Remove a network and return its name.

        Raises:
            DaemonError: there is none, or something uses it.
        """
        row = self.get(name)
        if row is None:
            raise DaemonError(f"network {name} not found")
        name = row["name"]
        service = next((s for s in self._state.services.where() if name in s["spec"]["networks"]), None)
        if service is not None:
            raise DaemonError(
                "rpc error: code = FailedPrecondition desc = network"
                f" {row['id'][:25]} is in use by service {service['id']}"
            )
        if users := self.users(name):
            endpoints = ", ".join(f'name:"{c["name"]}" id:"{c["id"][:_SHORT]}"' for c in users)
            raise DaemonError(
                f"error while removing network: network {name} has active endpoints ({endpoints})"
            )
        self._state.networks.delete(name)
        return str(name)

    def rows(self) -> list[dict[str, Any]]:
        """As the engine API lists networks."""
        return [
            {
                "Id": row["id"],
                "Name": row["name"],
                "Driver": row["driver"],
                "Scope": row["scope"],
                "Internal": row["internal"],
                "Attachable": row["attachable"],
                "Labels": row["labels"],
                "Created": row["created"],
            }
            for row in self._state.networks.where()
        ]
