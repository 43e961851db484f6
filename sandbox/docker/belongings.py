"""What of an Engine is this sandbox's: other sandboxes and other people's projects may be on it, too."""

from collections.abc import Iterable, Mapping
from typing import Any

from sandbox.docker.rows import app_of
from sandbox.docker.watch import Snapshot
from sandbox.store import Store


class Belongings:
    """Names of what this sandbox has made, remembered as long as it lives: also what was deleted badly.

    Args:
        store: names are documents in its tables `docker.*`.
    """

    def __init__(self, store: Store) -> None:
        self._apps = store.table("docker.apps")
        self._networks = store.table("docker.networks")
        self._volumes = store.table("docker.volumes")

    def note(self, *, app: str | None = None, network: str | None = None, volume: str | None = None) -> None:
        """Remember a compose project, stack or application, a network, a volume."""
        for table, name in ((self._apps, app), (self._networks, network), (self._volumes, volume)):
            if name and name not in table:
                table.put(name, {"name": name})

    @property
    def apps(self) -> Iterable[str]:
        """All compose projects, stacks and applications."""
        return list(self._apps)

    def has_app(self, name: str) -> bool:
        """Whether a compose project, stack or application is ours."""
        return name in self._apps

    def is_others(self, app: str, snapshot: Snapshot) -> bool:
        """Whether somebody else has a compose project, stack or service of this name.

        Args:
            app: the name.
            snapshot: the Engine before this sandbox makes anything of that name.
        """
        if self.has_app(app):
            return False
        labels = [row["Listed"].get("Labels") for row in snapshot.containers]
        labels += [service["Spec"].get("Labels") for service in snapshot.services]
        labels += [found.get("Labels") for found in (*snapshot.networks, *snapshot.volumes)]
        names = {service["Spec"]["Name"] for service in snapshot.services}
        return app in names or app in {app_of(found or {}) for found in labels}

    def has_network(self, network: Mapping[str, Any]) -> bool:
        """Whether a network is ours, made by name or by one of our projects."""
        return network["Name"] in self._networks or self.has_app(app_of(network.get("Labels") or {}))

    def has_volume(self, volume: Mapping[str, Any]) -> bool:
        """Whether a volume is ours, made by name or by one of our projects."""
        return volume["Name"] in self._volumes or self.has_app(app_of(volume.get("Labels") or {}))
