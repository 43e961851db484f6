from tests.sandbox.conftest import Clock
from tests.sandbox.github.conftest import REPOSITORY, Call


def test_every_answer_says_what_is_left(call: Call) -> None:
    answers = [call("GET", REPOSITORY), call("GET", "/nothing"), call("GET", "/user", token="wrong")]

    assert [int(one.headers["x-ratelimit-remaining"]) for one in answers] == [4999, 4998, 4997]
    assert {one.headers["x-ratelimit-limit"] for one in answers} == {"5000"}


def test_the_count_starts_anew_each_hour(call: Call, clock: Clock) -> None:
    before = call("GET", REPOSITORY)
    clock.turn(3600)
    after = call("GET", REPOSITORY)

    assert [one.headers["x-ratelimit-used"] for one in (before, after)] == ["1", "1"]
    assert int(before.headers["x-ratelimit-reset"]) == int(clock().timestamp())
