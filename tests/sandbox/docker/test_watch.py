import threading
import time
from collections.abc import Callable, Iterator

import pytest
from docker.errors import APIError

from sandbox.docker.watch import Watch
from sandbox.errors import EngineUnfit
from tests.sandbox.docker.fakes import FakeEngine, Seconds


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def watch(engine: FakeEngine) -> Iterator[Watch]:
    made = Watch(lambda: engine)
    yield made
    made.stop()
    assert not [t for t in threading.enumerate() if t.name.startswith("docker ")]


def soon(found: Callable[[], object]) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + 5
    while not found():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.01)


def test_a_container_is_inspected_once_until_something_happens_to_it(
    engine: FakeEngine, watch: Watch
) -> None:
    engine.put("a")
    watch.refresh()
    watch.refresh()
    assert engine.inspections == ["a"]

    engine.put("a", status="Up 2 seconds (healthy)")
    watch.refresh()
    engine.put("a", state="exited", status="Exited (1)")
    watch.refresh()

    assert engine.inspections == ["a", "a", "a"]
    assert watch.sure.containers[0]["Listed"]["Status"] == "Exited (1)"


def test_one_that_vanishes_between_list_and_inspection_is_not_there(engine: FakeEngine, watch: Watch) -> None:
    engine.put("a")
    engine.vanished.add("a")

    assert watch.refresh().containers == ()


def test_who_asks_now_and_then_hears_of_nothing_in_between(engine: FakeEngine) -> None:
    clock = Seconds()
    watch = Watch(lambda: engine, ask_every=15, clock=clock)
    engine.put("a")
    watch.refresh()
    engine.put("b")

    clock.now = 14.9
    watch.refresh()
    assert [c["Id"] for c in watch.now.containers] == ["a", "b"]
    assert [c["Id"] for c in watch.asked.containers] == ["a"]
    clock.now = 15.0
    watch.refresh()
    assert watch.asked is watch.now
    watch.stop()


def test_an_event_brings_a_look_before_the_next_poll(
    engine: FakeEngine, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sandbox.docker.watch._POLL", 60.0)
    watch.start()
    engine.put("a")

    engine.send("start", "a")

    soon(lambda: [c["Id"] for c in watch.now.containers] == ["a"])


def test_an_engine_that_is_gone_is_no_engine_without_containers(engine: FakeEngine, watch: Watch) -> None:
    engine.put("a")
    watch.refresh()
    engine.gone = True

    with pytest.raises(APIError):
        watch.refresh()

    with pytest.raises(EngineUnfit, match="does not answer"):
        _ = watch.sure
    assert [c["Id"] for c in watch.now.containers] == ["a"]
    engine.gone = False
    watch.refresh()
    assert watch.sure is watch.now


def test_events_that_break_off_are_heard_again_and_what_was_missed_is_looked_at(
    engine: FakeEngine, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sandbox.docker.watch._AGAIN", 0.01)
    monkeypatch.setattr("sandbox.docker.watch._POLL", 60.0)
    engine.put("a")
    watch.start()
    before = len(engine.inspections)

    engine.hang_up()

    soon(lambda: len(engine.inspections) > before)
    engine.put("b")
    engine.send("start", "b")
    soon(lambda: [c["Id"] for c in watch.now.containers] == ["a", "b"])


def test_a_health_check_is_no_news(engine: FakeEngine, watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sandbox.docker.watch._POLL", 60.0)
    engine.put("a")
    engine.put("b")
    watch.start()

    engine.send("exec_die", "a")
    engine.send("die", "b")

    soon(lambda: engine.inspections.count("b") == 2)
    assert engine.inspections.count("a") == 1


def test_what_the_engine_says_during_the_first_look_is_heard(engine: FakeEngine, watch: Watch) -> None:
    engine.put("a")
    engine.during_look = lambda: engine.send("update", "a") if engine.looks == 1 else None

    watch.start()

    soon(lambda: engine.inspections == ["a", "a"])


def test_clients_of_an_engine_that_went_away_are_closed(
    engine: FakeEngine, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sandbox.docker.watch._AGAIN", 0.01)
    monkeypatch.setattr("sandbox.docker.watch._POLL", 60.0)
    watch.start()
    engine.gone = True

    with pytest.raises(APIError):
        watch.refresh()
    assert engine.closed == 1
    engine.hang_up()

    soon(lambda: engine.closed > 3)  # the listener's, and one for each try since
    engine.gone = False
    soon(lambda: engine.hears and not engine.hears.has_ended)


def test_a_first_look_that_fails_leaves_no_client(engine: FakeEngine, watch: Watch) -> None:
    def go() -> None:
        raise APIError("503 Server Error")

    engine.during_look = go

    with pytest.raises(APIError):
        watch.start()

    assert engine.closed == 2


def test_stopping_after_the_engine_has_hung_up_is_no_error(engine: FakeEngine, watch: Watch) -> None:
    watch.start()

    engine.hang_up()

    soon(lambda: engine.hears and engine.hears.has_ended)
    watch.stop()
