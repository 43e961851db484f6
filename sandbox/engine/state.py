"""Where the engine keeps what it knows; all of it survives a restart."""

import hashlib
from datetime import datetime, timedelta

from sandbox.registry import RegistryStore
from sandbox.world import World

_BASE36 = "0123456789abcdefghijklmnopqrstuvwxyz"
_TASK_ID_LENGTH = 25


class State:
    """The engine's tables and the few things that all of its parts need.

    Args:
        world: store, clock, pace and faults.
        registry: where images are pulled from.
    """

    def __init__(self, world: World, registry: RegistryStore) -> None:
        self.world = world
        self.registry = registry
        table = world.store.table
        self.containers = table("engine.containers")
        self.networks = table("engine.networks")
        self.volumes = table("engine.volumes")
        self.images = table("engine.images")
        self.services = table("engine.services")
        self.tasks = table("engine.tasks")
        self.logins = table("engine.logins")
        self._counters = table("engine.counters")

    def new_id(self, what: str) -> str:
        """The next id, 64 hex digits; the same run gives the same ids."""
        count = (self._counters.get("ids") or {"count": 0})["count"] + 1
        self._counters.put("ids", {"count": count})
        return hashlib.sha256(f"{what} {count}".encode()).hexdigest()

    def new_swarm_id(self, what: str) -> str:
        """The next id of a service or task: 25 digits and letters."""
        number = int(self.new_id(what), 16)
        digits = ""
        for _ in range(_TASK_ID_LENGTH):
            number, rest = divmod(number, 36)
            digits += _BASE36[rest]
        return digits

    @property
    def now(self) -> datetime:
        """The clock's time."""
        return self.world.now()

    def stamp(self, seconds_from_now: float = 0.0) -> str:
        """The clock's time as text."""
        return (self.now + timedelta(seconds=seconds_from_now)).isoformat().replace("+00:00", "Z")
