"""Volumes of the host. A volume belongs to the compose project whose label it bears, and never to another."""

from collections.abc import Mapping
from typing import Any

from sandbox.engine.errors import DaemonError
from sandbox.engine.state import State


class Volumes:
    """The volume table of one host, keyed by name.

    Args:
        state: the engine's tables.
    """

    def __init__(self, state: State) -> None:
        self._state = state

    def get(self, name: str) -> dict[str, Any] | None:
        """The volume, or `None`."""
        return self._state.volumes.get(name)

    def create(self, name: str, *, labels: Mapping[str, str] | None = None, driver: str = "local") -> None:
        """Make a volume; one of this name that is there already stays as it is."""
        if name not in self._state.volumes:
            self._state.volumes.put(
                name,
                {
                    "name": name,
                    "driver": driver,
                    "labels": dict(labels or {}),
                    "created": self._state.stamp(),
                },
            )

    def users(self, name: str) -> list[dict[str, Any]]:
        """Containers that mount it, stopped ones included: any of them holds a volume."""
        return [c for c in self._state.containers.where() if any(m["Name"] == name for m in c["mounts"])]

    def remove(self, name: str) -> None:
        """Remove a volume. Raises `DaemonError` when there is none or a container mounts it."""
        if name not in self._state.volumes:
            raise DaemonError(f"get {name}: no such volume")
        if users := self.users(name):
            ids = ", ".join(c["id"] for c in users)
            raise DaemonError(f"remove {name}: volume is in use - [{ids}]")
        self._state.volumes.delete(name)

    def rows(self) -> list[dict[str, Any]]:
        """As the engine API lists volumes."""
        return [
            {
                "Name": row["name"],
                "Driver": row["driver"],
                "Labels": row["labels"],
                "Scope": "local",
                "CreatedAt": row["created"],
            }
            for row in self._state.volumes.where()
        ]

    def listing(self) -> list[dict[str, str]]:
        """As `docker volume ls --format '{{json .}}'` lists them."""
        not_asked = dict.fromkeys(("Availability", "Group", "Links", "Size", "Status"), "N/A")
        return [
            {
                **not_asked,
                "Driver": row["driver"],
                "Labels": ",".join(f"{k}={v}" for k, v in sorted(row["labels"].items())),
                "Mountpoint": _mountpoint(row["name"]),
                "Name": row["name"],
                "Scope": "local",
            }
            for row in self._state.volumes.where()
        ]

    def inspect(self, name: str) -> dict[str, Any]:
        """As `docker volume inspect` shows one. Raises `DaemonError` when there is none."""
        row = self.get(name)
        if row is None:
            raise DaemonError(f"get {name}: no such volume")
        return {
            "CreatedAt": row["created"],
            "Driver": row["driver"],
            "Labels": row["labels"] or None,
            "Mountpoint": _mountpoint(name),
            "Name": name,
            "Options": None,
            "Scope": "local",
        }


def _mountpoint(name: str) -> str:
    return f"/var/lib/docker/volumes/{name}/_data"
