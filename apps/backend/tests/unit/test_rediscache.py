from typing import Any, cast

import pytest
from redis.exceptions import AuthenticationError, ConnectionError, TimeoutError  # noqa: A004 - as Redis names them

from backend.errors import Unavailable
from backend.rediscache import RedisCache


class DictRedis:
    """As much of Redis as is used here."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self.failing: Exception | None = None
        self.asked = 0

    def _ask(self) -> None:
        self.asked += 1
        if self.failing:
            raise self.failing

    def ping(self) -> bool:
        self._ask()
        return True

    def get(self, key: str) -> str | None:
        self._ask()
        return self.values.get(key)

    def set(self, key: str, value: str, **options: Any) -> None:
        self._ask()
        if not (options.get("nx") and key in self.values):
            self.values[key] = value


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def redis() -> DictRedis:
    return DictRedis()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def kept(redis: DictRedis, clock: Clock) -> RedisCache:
    return cache(redis, clock)


def cache(redis: DictRedis, clock: Clock, *, secret: str = "s") -> RedisCache:
    return RedisCache(cast("Any", redis), secret=secret, clock=clock)


def keep(cached: RedisCache, body: str) -> None:
    cached.keep(body, generation=cached.read().generation)


def test_what_is_kept_is_found_also_by_a_replica(redis: DictRedis, clock: Clock, kept: RedisCache) -> None:
    keep(kept, "{}")

    assert cache(redis, clock).read().body == "{}"


def test_what_was_kept_is_not_found_after_it_was_forgotten(kept: RedisCache) -> None:
    keep(kept, "{}")
    kept.forget()

    assert kept.read().body is None


def test_a_report_of_old_figures_is_not_found_after_a_new_entry(kept: RedisCache) -> None:
    before = kept.read().generation
    kept.forget()
    kept.keep("old figures", generation=before)

    assert kept.read().body is None


@pytest.mark.parametrize("written", ["", "{}", "0" * 64 + "{}", "é" * 80])
def test_v1_what_somebody_else_wrote_is_not_believed(
    written: str, redis: DictRedis, kept: RedisCache
) -> None:
    keep(kept, "{}")
    (key,) = [key for key in redis.values if ":report:" in key]
    redis.values[key] = written

    assert kept.read().body is None


def test_v4_what_an_earlier_key_signed_is_made_anew(redis: DictRedis, clock: Clock, kept: RedisCache) -> None:
    keep(kept, "{}")

    assert cache(redis, clock, secret="rotated").read().body is None


def test_nothing_fails_while_redis_is_down(redis: DictRedis, kept: RedisCache) -> None:
    redis.failing = ConnectionError("gone")

    kept.forget()
    keep(kept, "{}")

    assert kept.read().body is None


def test_a_redis_that_failed_is_left_alone_for_a_moment(
    redis: DictRedis, clock: Clock, kept: RedisCache
) -> None:
    redis.failing = ConnectionError("gone")
    kept.read()
    asked = redis.asked

    kept.read()
    assert redis.asked == asked

    clock.now += 3
    kept.read()
    assert redis.asked > asked


def test_what_could_not_be_forgotten_is_forgotten_before_it_is_read_again(
    redis: DictRedis, clock: Clock, kept: RedisCache
) -> None:
    keep(kept, "{}")
    redis.failing = ConnectionError("gone")
    kept.forget()
    redis.failing = None
    clock.now += 3

    assert kept.read().body is None


def test_a_report_is_not_taken_while_something_is_still_to_be_forgotten(
    redis: DictRedis, kept: RedisCache
) -> None:
    keep(kept, "{}")
    redis.failing = ConnectionError("gone")
    kept.forget()
    redis.failing = None

    assert kept.read().body is None


@pytest.mark.parametrize(
    ("failing", "reason"),
    [
        (ConnectionError("Error 111 connecting to redis:6379"), "unreachable"),
        (TimeoutError("Timeout connecting to server"), "no answer in time"),
        (AuthenticationError("invalid username-password pair or user is disabled."), "credentials refused"),
        (OSError("name or service not known"), "unreachable"),
    ],
)
def test_c8_health_is_told_why_in_short(
    failing: Exception, reason: str, redis: DictRedis, kept: RedisCache
) -> None:
    redis.failing = failing

    with pytest.raises(Unavailable) as unavailable:
        kept.ping()

    assert (unavailable.value.dependency, unavailable.value.reason) == ("cache", reason)
