"""Take and release a stack's marker.

A marker is an object `<number>.json` in a folder beside the engine's locks, which the engine leaves alone. It
is made only if it is not there (a hard link, `If-None-Match: *`), so that of two at once one wins:

- Who takes a stack judges each marker that lies there; one whose owner goes on ends it. Then it makes the
  next number and looks again: what it has not judged, somebody made meanwhile, and it steps back.
- Only then it removes the engine's locks of the owners that have ended, and at last their markers. Killed in
  between, it leaves both for the next one to judge.
"""

import random
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import ValidationError

from strata.github import Client
from strata.lock import engine_locks
from strata.lock.ended import judge
from strata.lock.errors import Held
from strata.lock.owner import Owner, is_alive
from strata.lock.store import Store

_ROUNDS = 8
_DIGITS = 8


@dataclass(frozen=True, kw_only=True)
class Cleared:
    """What a taken stack was freed of.

    Attributes:
        told: one sentence for each marker and each lock of the engine.
    """

    told: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Keeper:
    """The markers of one stack.

    Attributes:
        store: where the state is.
        project: name of the Pulumi project.
        stack: its name.
        github: makes the client that is asked about runs.
        clock: the time, with its zone.
        pause: waits some seconds before another try, for a fraction that differs between two.
    """

    store: Store
    project: str
    stack: str
    github: Callable[[], Client]
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    pause: Callable[[], None] = lambda: time.sleep(random.uniform(0.1, 1.0))  # noqa: S311 - no secret

    def take(self, me: Owner) -> Cleared:
        """Write our marker, after clearing what ended owners left.

        Raises:
            Held: somebody else has the stack, or may have it; nothing was changed.
            StoreFailed: the store cannot be asked.
        """
        for _ in range(_ROUNDS):
            found = self._markers()
            why = self._judged(found, me)
            name = self._name(max((self._number(one) for one in found), default=0) + 1)
            if not self.store.create(name, me.model_dump_json().encode()):
                continue
            judged = {me.id, *(one.id for one in found.values())}
            # by id: a stack that was released and taken meanwhile counts from one again
            if any(one.id not in judged for one in self.holders()):
                self.store.remove(name)
                self.pause()
                continue
            try:
                locks = self._clear_engine(me, ended=found.values())
            except Held:
                self.store.remove(name)
                raise
            for old in found:
                self.store.remove(old)
            return Cleared(told=(*why, *locks))
        raise Held(
            f"{self.stack} is wanted by several at once, and none of {_ROUNDS} tries was ours",
            next_step="run it again",
        )

    def release(self, me: Owner) -> bool:
        """Remove our own markers and the locks of our engines that were killed; others' are left alone.

        Returns:
            Whether there was a marker of ours.

        Raises:
            Held: an engine of ours still runs.
            StoreFailed: the store cannot be asked.
        """
        ours = {name: one for name, one in self._markers().items() if one.is_same_as(me)}
        for lock in self._engine_locks():
            if not any(lock.is_left_by(one) for one in ours.values()):
                continue
            if self._runs(lock, ours.values(), me):
                raise Held(
                    f"{self.stack} cannot be released: {lock.lock.told(self.clock())} still changes it",
                    next_step=f"wait for it, or end process {lock.lock.pid} and release again",
                )
            self.store.remove(lock.name)
        for name in ours:
            self.store.remove(name)
        return bool(ours)

    def break_open(self, marker: str) -> bool:
        """Remove one marker whoever's it is, with the locks of its engine.

        Args:
            marker: its id, as the refusal told it.

        Returns:
            Whether there was one.

        Raises:
            StoreFailed: the store cannot be asked.
        """
        found = {name: one for name, one in self._markers().items() if one.id == marker}
        for lock in self._engine_locks():
            if any(lock.is_left_by(owner) for owner in found.values()):
                self.store.remove(lock.name)
        for name in found:
            self.store.remove(name)
        return bool(found)

    def holders(self) -> list[Owner]:
        """The owners of all markers.

        Raises:
            StoreFailed: the store cannot be asked.
        """
        return list(self._markers().values())

    def _judged(self, found: Mapping[str, Owner], me: Owner) -> list[str]:
        why = []
        for owner in found.values():
            verdict = judge(owner, me, github=self.github)
            if not verdict.over:
                raise Held(
                    f"{self.stack} is held by {owner.told(self.clock())}: {verdict.why}",
                    next_step="wait until it has ended; if you know that it has, "
                    f"`strata lock release {self.stack} --of {owner.id}`",
                )
            why.append(f"cleared the marker of {owner.told(self.clock())}: {verdict.why}")
        return why

    def _clear_engine(self, me: Owner, *, ended: Collection[Owner]) -> list[str]:
        """Remove the locks of engines that have ended; all of them or, if one may go on, none."""
        locks = self._engine_locks()
        for lock in locks:
            left = any(lock.is_left_by(owner) for owner in ended) and not self._runs(lock, ended, me)
            if not (left or lock.is_dead_here(me)):
                raise Held(
                    f"{self.stack} is locked by {lock.lock.told(self.clock())}, which may go on",
                    next_step="wait until it has ended; if you know that it has, "
                    f"`pulumi cancel --yes --stack {self.stack}`, then `pulumi up --refresh`",
                )
        for lock in locks:
            self.store.remove(lock.name)
        return [f"cleared the lock of {lock.lock.told(self.clock())}, which has ended" for lock in locks]

    @staticmethod
    def _runs(lock: engine_locks.Found, owners: Collection[Owner], me: Owner) -> bool:
        """Whether an engine of one of these owners runs here; of another machine's one cannot tell."""
        here = any(lock.is_left_by(owner) and owner.shares_processes_with(me) for owner in owners)
        return here and is_alive(lock.lock.pid)

    def _engine_locks(self) -> Sequence[engine_locks.Found]:
        return engine_locks.found(self.store, project=self.project, stack=self.stack)

    @property
    def _folder(self) -> str:
        # Below the engine's own folder, so that this is not empty while somebody has the stack: some servers
        # list an empty folder as an object, and the engine takes that for a lock that it cannot read
        # (pulumi/pulumi issue 23532; SeaweedFS 4.48 on 2026-11-23).
        return f"{engine_locks.folder(project=self.project, stack=self.stack)}/strata"

    def _name(self, number: int) -> str:
        return f"{self._folder}/{number:0{_DIGITS}}.json"

    def _number(self, name: str) -> int:
        text = name.rpartition("/")[2].removesuffix(".json")
        return int(text) if text.isdigit() else 0

    def _markers(self) -> dict[str, Owner]:
        found = {}
        for short in self.store.names(self._folder):
            name = f"{self._folder}/{short}"
            content = self.store.read(name)
            if content is None:  # released meanwhile
                continue
            try:
                found[name] = Owner.model_validate_json(content)
            except ValidationError:
                raise Held(
                    f"{name} beside the state of {self.stack} is no marker of ours",
                    next_step="look at that object, and delete it if nothing runs",
                ) from None
        return found
