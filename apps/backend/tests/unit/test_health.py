import asyncio
import threading
from collections.abc import Callable

from backend.errors import Unavailable
from backend.health import Health


def checks(timeout: float = 5.0, **asks: Callable[[], None]) -> dict[str, str]:
    return asyncio.run(Health(asks, timeout=timeout).checks())


def fine() -> None:
    return


def waited(end: threading.Event) -> None:
    end.wait(timeout=5)


def test_c8_dependencies_are_asked_at_the_same_time() -> None:
    # passes only when all three have arrived
    meeting = threading.Barrier(3, timeout=5)

    def meet() -> None:
        meeting.wait()

    assert checks(database=meet, cache=meet, storage=meet) == {
        "database": "ok",
        "cache": "ok",
        "storage": "ok",
    }


def test_c8_one_that_says_nothing_does_not_hold_up_the_others() -> None:
    end = threading.Event()

    found = checks(timeout=0.05, database=lambda: waited(end), cache=fine)
    end.set()

    assert found == {"database": "no answer in time", "cache": "ok"}


def test_c8_the_reason_is_the_dependencys() -> None:
    def refuse() -> None:
        raise Unavailable("storage", "credentials refused")

    assert checks(storage=refuse) == {"storage": "credentials refused"}


def test_v1_an_error_that_nobody_foresaw_tells_nothing_of_itself() -> None:
    def explode() -> None:
        raise RuntimeError("postgresql://u:Canary4711@h/d")

    assert checks(database=explode) == {"database": "check failed"}


def test_one_that_says_nothing_is_not_asked_again_before_it_answers() -> None:
    end, asked = threading.Event(), []

    def hang() -> None:
        asked.append(1)
        waited(end)

    health = Health({"database": hang}, timeout=0.01)
    first, second = asyncio.run(health.checks()), asyncio.run(health.checks())
    end.set()

    assert (first, second, asked) == ({"database": "no answer in time"}, first, [1])


def test_one_that_answers_again_is_seen_at_once() -> None:
    states = iter(["unreachable", None])

    def ask() -> None:
        if reason := next(states):
            raise Unavailable("cache", reason)

    health = Health({"cache": ask})

    assert [asyncio.run(health.checks()) for _ in range(2)] == [{"cache": "unreachable"}, {"cache": "ok"}]
