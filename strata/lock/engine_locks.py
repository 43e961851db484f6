"""Pulumi's own locks, `.pulumi/locks/organization/<project>/<stack>/<uuid>.json`; a killed engine leaves one.

Each is removed by its name and not by `pulumi cancel`, which removes all that are there when it looks, also
one that was made since we looked, and finds none of a stack that `destroy --remove` has half removed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from strata.lock.owner import Owner, is_alive, plain, user
from strata.lock.store import Store
from strata.status import age


class EngineLock(BaseModel):
    """What the engine writes about itself (read of engine 3.250 on 2026-11-23).

    Attributes:
        pid: of the `pulumi` process.
        username: on its machine.
        hostname: of its machine.
        timestamp: when it began.
    """

    model_config = ConfigDict(frozen=True)

    pid: int = 0
    username: str = ""
    hostname: str = ""
    timestamp: AwareDatetime | None = Field(default=None)

    def told(self, now: datetime) -> str:
        """Who it is and since when."""
        since = age(self.timestamp.isoformat() if self.timestamp else None, now)
        return f"an engine of {plain(self.username)} on {plain(self.hostname)} (process {self.pid}, {since})"


@dataclass(frozen=True, kw_only=True)
class Found:
    """One lock where it lies.

    Attributes:
        name: in the store.
        lock: what it says.
    """

    name: str
    lock: EngineLock

    def is_left_by(self, owner: Owner) -> bool:
        """Whether a run made it: on the machine of its marker, after the marker; both by that one's clock."""
        stamp = self.lock.timestamp
        return self.lock.hostname == owner.host and stamp is not None and stamp >= owner.time

    def is_dead_here(self, me: Owner, *, alive: Callable[[int], bool] = is_alive) -> bool:
        """Whether an engine of this machine and this login made it, which runs no longer.

        Runners of GitHub share names of machines, so one can tell that of a terminal only.
        """
        ours = (self.lock.hostname, self.lock.username) == (me.host, user())
        return me.run is None and ours and not alive(self.lock.pid)


def folder(*, project: str, stack: str) -> str:
    """Where the engine has a stack's locks."""
    return f".pulumi/locks/organization/{project}/{stack}"


def found(store: Store, *, project: str, stack: str) -> Sequence[Found]:
    """The engine's locks of a stack; one that cannot be read counts as somebody's.

    Raises:
        StoreFailed: the store cannot be asked.
    """
    place = folder(project=project, stack=stack)
    locks = []
    for name in store.names(place):
        if not name.endswith(".json"):
            continue
        content = store.read(f"{place}/{name}")
        if content is not None:  # it went away meanwhile
            locks.append(Found(name=f"{place}/{name}", lock=_parsed(content)))
    return locks


def _parsed(content: bytes) -> EngineLock:
    try:
        return EngineLock.model_validate_json(content)
    except ValidationError:
        return EngineLock(username="somebody", hostname="an unknown machine")
