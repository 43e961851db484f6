"""Taking and releasing, beside both kinds of state."""

import json
import os
import socket
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from strata.lock.engine_locks import EngineLock
from strata.lock.errors import Held
from strata.lock.keeper import Keeper
from strata.lock.owner import Owner, user
from strata.lock.store import Store
from tests.strata.lock.conftest import NOW, Runs

MakeRun = Callable[..., Owner]
ENGINE = ".pulumi/locks/organization/finance-report/staging"
MARKERS = f"{ENGINE}/strata"
DEAD = 2**22 + 1  # above the highest number that Linux gives a process


def engine_lock(
    store: Store, *, host: str, at: datetime = NOW, pid: int = DEAD, name: str = "one", who: str = "runner"
) -> None:
    """A lock as the engine writes it."""
    content = {"pid": pid, "username": who, "hostname": host, "timestamp": at.isoformat()}
    assert store.create(f"{ENGINE}/{name}.json", json.dumps(content).encode())


def locks(keeper: Keeper) -> list[str]:
    """The engine's own ones."""
    return [name for name in keeper.store.names(ENGINE) if name.endswith(".json")]


def held_by(keeper: Keeper) -> list[str]:
    return [owner.id for owner in keeper.holders()]


def test_w6_a_free_stack_is_taken_and_given_back_without_a_trace(keeper: Keeper, run: MakeRun) -> None:
    me = run(1)

    assert keeper.take(me).told == ()
    assert held_by(keeper) == [me.id]
    assert keeper.release(me)
    assert keeper.store.names(MARKERS) == []


def test_w6_any_other_owner_stops_with_owner_age_and_command(
    keeper: Keeper, run: MakeRun, github: Runs
) -> None:
    github.known[1] = ("in_progress", 1)
    keeper.take(run(1))

    with pytest.raises(Held) as told:
        keeper.take(run(2))

    assert str(told.value) == (
        "staging is held by run 1, attempt 1, of team/finance_report (started by octocat, since "
        "2026-11-23T11:53:00+00:00, 7min): that run is in_progress. Next: wait until it has ended; if you "
        "know that it has, `strata lock release staging --of 00000101`."
    )
    assert held_by(keeper) == ["00000101"]


def test_w6_the_marker_and_the_engines_lock_of_a_run_that_is_over_are_cleared(
    keeper: Keeper, run: MakeRun, github: Runs
) -> None:
    github.known[1] = ("completed", 1)
    keeper.take(run(1))
    engine_lock(keeper.store, host="runner-1")

    cleared = keeper.take(run(2, host="runner-2"))

    assert held_by(keeper) == ["00000201"]
    assert locks(keeper) == []
    assert [told.partition(" of ")[0] for told in cleared.told] == ["cleared the marker", "cleared the lock"]


def test_w6_our_own_runs_earlier_attempt_is_cleared(keeper: Keeper, run: MakeRun, github: Runs) -> None:
    keeper.take(run(1))
    engine_lock(keeper.store, host="runner-1")

    keeper.take(run(1, attempt=2, host="runner-2"))

    assert held_by(keeper) == ["00000102"]
    assert locks(keeper) == []
    assert github.asked == []


@pytest.mark.parametrize(
    "lock",
    [
        {"host": "laptop"},
        {"host": "runner-1", "at": NOW - timedelta(hours=1)},
    ],
    ids=["of another machine", "from before the run"],
)
def test_w6_an_engines_lock_of_somebody_else_stops_and_nothing_is_changed(
    lock: dict[str, Any], keeper: Keeper, run: MakeRun, github: Runs
) -> None:
    github.known[1] = ("completed", 1)
    keeper.take(run(1))
    engine_lock(keeper.store, **lock)

    with pytest.raises(
        Held, match=r"locked by an engine of runner on .*Next: .*`pulumi cancel --yes --stack staging`"
    ):
        keeper.take(run(2))

    assert held_by(keeper) == ["00000101"]
    assert len(locks(keeper)) == 1


def test_w6_of_two_locks_one_that_may_go_on_keeps_both(keeper: Keeper, run: MakeRun, github: Runs) -> None:
    github.known[1] = ("completed", 1)
    keeper.take(run(1))
    engine_lock(keeper.store, host="runner-1", name="one")
    engine_lock(keeper.store, host="laptop", name="two")

    with pytest.raises(Held):
        keeper.take(run(2))

    assert len(locks(keeper)) == 2


def test_w6_an_engine_of_a_terminal_that_was_killed_is_cleared_and_one_that_runs_is_not(
    keeper: Keeper,
) -> None:
    me = Owner.here({}, now=NOW)
    engine_lock(keeper.store, host=socket.gethostname(), who=user(), pid=DEAD)
    keeper.take(me)
    assert locks(keeper) == []

    engine_lock(keeper.store, host=socket.gethostname(), who=user(), pid=os.getpid())
    with pytest.raises(Held, match="which may go on"):
        keeper.take(me)
    assert len(locks(keeper)) == 1


def test_w6_machines_of_github_share_names_so_a_run_trusts_no_process_number(
    keeper: Keeper, run: MakeRun
) -> None:
    engine_lock(keeper.store, host="runner-1", who=user(), pid=DEAD, at=NOW - timedelta(hours=1))

    with pytest.raises(Held):
        keeper.take(run(2, host="runner-1"))


def test_w6_a_lock_that_cannot_be_read_is_somebodys(keeper: Keeper, run: MakeRun) -> None:
    keeper.store.create(f"{ENGINE}/one.json", b"\x00 not JSON")

    with pytest.raises(Held, match="an engine of somebody on an unknown machine"):
        keeper.take(run(1))


@pytest.mark.parametrize("content", [b"", b"{}", b'{"id": "../../x"}', b"\xff\xfe", b"[]"])
def test_w6_a_marker_that_is_none_stops_and_is_named(content: bytes, keeper: Keeper, run: MakeRun) -> None:
    keeper.store.create(f"{MARKERS}/00000001.json", content)

    with pytest.raises(Held, match=rf"{MARKERS}/00000001.json .* is no marker of ours"):
        keeper.take(run(1))


def test_w6_of_many_at_once_one_wins_and_the_others_are_told(
    keeper: Keeper, github: Runs, run: MakeRun
) -> None:
    outcomes: list[str] = []
    together = threading.Barrier(6)
    github.known |= dict.fromkeys(range(1, 7), ("in_progress", 1))

    def take(owner: Owner) -> None:
        together.wait()
        try:
            keeper.take(owner)
        except Held:
            outcomes.append("held")
        else:
            outcomes.append(owner.id)

    threads = [threading.Thread(target=take, args=(run(number),)) for number in range(1, 7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    (winner,) = [one for one in outcomes if one != "held"]
    assert outcomes.count("held") == 5
    assert held_by(keeper) == [winner]


class Between:
    """A store in which something happens right before an object is made."""

    def __init__(self, store: Store, happening: Callable[[], None]) -> None:
        self._store = store
        self._happening: Callable[[], None] | None = happening

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def create(self, name: str, content: bytes) -> bool:
        if self._happening:
            happening, self._happening = self._happening, None
            happening()
        return self._store.create(name, content)


def test_w6_who_was_slower_than_a_whole_run_of_another_steps_back(
    keeper: Keeper, run: MakeRun, github: Runs
) -> None:
    """We judge run 1; run 2 clears it and is done, run 3 takes the stack anew; then we make our number."""
    github.known |= {1: ("completed", 1), 2: ("in_progress", 1), 3: ("in_progress", 1)}
    keeper.take(run(1))

    def meanwhile() -> None:
        keeper.take(run(2))
        keeper.release(run(2))
        keeper.take(run(3))

    slow = replace(keeper, store=Between(keeper.store, meanwhile))
    with pytest.raises(Held, match="held by run 3"):
        slow.take(run(4))

    assert held_by(keeper) == ["00000301"]


def test_w6_killed_after_the_marker_was_made_leaves_all_of_it_to_the_next(
    keeper: Keeper, run: MakeRun, github: Runs
) -> None:
    github.known |= {1: ("completed", 1), 2: ("completed", 1)}
    keeper.take(run(1))
    engine_lock(keeper.store, host="runner-1")
    # what run 2 had done when it was killed
    keeper.store.create(f"{MARKERS}/00000002.json", run(2).model_dump_json().encode())

    keeper.take(run(3))

    assert held_by(keeper) == ["00000301"]
    assert locks(keeper) == []


def test_w6_release_removes_only_its_own(keeper: Keeper, run: MakeRun) -> None:
    keeper.take(run(1))
    engine_lock(keeper.store, host="runner-1")

    assert not keeper.release(run(2))

    assert held_by(keeper) == ["00000101"]
    assert len(locks(keeper)) == 1


def test_w6_release_takes_the_lock_of_our_killed_engine_along(keeper: Keeper, run: MakeRun) -> None:
    me = run(1)
    keeper.take(me)
    engine_lock(keeper.store, host="runner-1")

    keeper.release(me)

    assert locks(keeper) == []
    assert held_by(keeper) == []


def test_w6_a_stack_whose_engine_still_runs_is_not_released(keeper: Keeper) -> None:
    me = Owner.here({}, now=NOW)
    keeper.take(me)
    engine_lock(keeper.store, host=me.host, pid=os.getpid())

    with pytest.raises(Held, match=rf"still changes it. Next: .*end process {os.getpid()}"):
        keeper.release(me)

    assert held_by(keeper) == [me.id]


def test_w6_somebody_elses_marker_is_removed_by_its_name_only(keeper: Keeper, run: MakeRun) -> None:
    keeper.take(run(1))
    engine_lock(keeper.store, host="runner-1")

    assert not keeper.break_open("00000999")
    assert held_by(keeper) == ["00000101"]
    assert keeper.break_open("00000101")
    assert held_by(keeper) == []
    assert locks(keeper) == []


def test_stacks_do_not_share_a_marker(keeper: Keeper, run: MakeRun) -> None:
    keeper.take(run(1))

    replace(keeper, stack="production").take(run(2))

    assert held_by(keeper) == ["00000101"]


def test_the_engines_words_are_read_as_it_writes_them() -> None:
    """As read of engine 3.250 on 2026-11-23, nanoseconds included."""
    said = b'{"pid":8719,"username":"root","hostname":"vm","timestamp":"2026-11-23T22:05:19.280608409Z"}'

    lock = EngineLock.model_validate_json(said)

    assert lock.timestamp is not None
    assert (lock.pid, lock.username, lock.hostname, lock.timestamp.year) == (8719, "root", "vm", 2026)
