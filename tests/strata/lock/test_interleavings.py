"""W6 under every order in which the steps of several runs can fall: nobody ever shares a stack."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from strata.lock.errors import Held
from strata.lock.keeper import Keeper
from strata.lock.owner import Owner
from tests.strata.lock.conftest import NOW, REPOSITORY, Runs

PATIENCE = 20.0


class Turns:
    """Lets one thread at a time go on, from one call of the store to its next one."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: set[str] = set()
        self._goes_on: str | None = None
        self._running: set[str] = set()

    def begin(self, name: str) -> None:
        self._running.add(name)

    def wait(self) -> None:
        """Of a thread: until it is its turn."""
        name = threading.current_thread().name
        with self._changed:
            if name not in self._running:  # the test's own thread is never held up
                return
            self._waiting.add(name)
            self._changed.notify_all()
            assert self._changed.wait_for(lambda: self._goes_on == name, PATIENCE)
            self._goes_on = None
            self._waiting.remove(name)

    def end(self) -> None:
        """Of a thread: it has nothing more to do."""
        with self._changed:
            self._running.discard(threading.current_thread().name)
            self._changed.notify_all()

    def play(self, choose: Callable[[int], int]) -> None:
        """Of the test: give turns until all have ended."""
        while True:
            with self._changed:
                assert self._changed.wait_for(
                    lambda: self._goes_on is None and self._waiting == self._running, PATIENCE
                )
                if not self._running:
                    return
                names = sorted(self._waiting)
                self._goes_on = names[choose(len(names))]
                self._changed.notify_all()


@dataclass(kw_only=True)
class Memory:
    """A store that does what S3 does: each call is atomic, and others' calls fall in between."""

    turns: Turns
    objects: dict[str, bytes] = field(default_factory=dict)

    def names(self, folder: str) -> list[str]:
        self.turns.wait()
        inside = [name.removeprefix(f"{folder}/") for name in self.objects if name.startswith(f"{folder}/")]
        return sorted(name for name in inside if "/" not in name)

    def read(self, name: str) -> bytes | None:
        self.turns.wait()
        return self.objects.get(name)

    def create(self, name: str, content: bytes) -> bool:
        self.turns.wait()
        return self.objects.setdefault(name, content) is content

    def remove(self, name: str) -> None:
        self.turns.wait()
        self.objects.pop(name, None)


def owner(number: int) -> Owner:
    return Owner(
        id=f"{number:08x}",
        time=NOW,
        host=f"runner-{number}",
        pid=number,
        actor="octocat",
        repository=REPOSITORY,
        run=number,
    )


@settings(max_examples=300)
@given(
    order=st.lists(st.integers(min_value=0, max_value=5), max_size=150),
    killed=st.sets(st.integers(min_value=2, max_value=4)),
    left_over=st.booleans(),
)
def test_w6_whatever_the_order_one_at_a_time_has_the_stack(
    order: list[int], killed: set[int], *, left_over: bool
) -> None:
    turns, github = Turns(), Runs()
    store = Memory(turns=turns)
    keeper = Keeper(
        store=store,
        project="p",
        stack="staging",
        github=github,
        clock=lambda: NOW,
        pause=lambda: None,
    )
    if left_over:
        keeper.take(owner(1))
    github.known |= {1: ("completed", 1), **dict.fromkeys((2, 3, 4), ("in_progress", 1))}
    inside: set[int] = set()
    most: list[int] = []

    def job(number: int) -> None:
        me = owner(number)
        try:
            keeper.take(me)
            inside.add(number)
            most.append(len(inside))
            turns.wait()
            turns.wait()
            inside.remove(number)
            if number not in killed:
                keeper.release(me)
        except Held:
            pass
        finally:
            github.known[number] = ("completed", 1)
            turns.end()

    threads = [threading.Thread(target=job, args=(number,), name=str(number)) for number in (2, 3, 4)]
    for thread in threads:
        turns.begin(thread.name)
    for thread in threads:
        thread.start()
    choices = iter(order)
    turns.play(lambda count: next(choices, 0) % count)
    for thread in threads:
        thread.join(PATIENCE)

    assert max(most, default=0) <= 1
    keeper.take(owner(9))
    assert [one.run for one in keeper.holders()] == [9]
