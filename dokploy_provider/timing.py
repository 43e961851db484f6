"""Waiting, in one place, so that tests can do without it."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class Clock:
    """The clock that everything in this room goes by.

    Attributes:
        monotonic: seconds, for limits.
        sleep: waits that many seconds.
        now: wall clock in UTC, for records.
    """

    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], datetime] = _now


@dataclass(frozen=True, kw_only=True)
class Timing:
    """Intervals and limits in seconds. Only `settle` and `poll` can be set from outside.

    Attributes:
        poll: the longest interval between two looks while waiting (`STRATA_POLL_SECONDS`, default 1).
        settle: how long after a delete the host is looked at again (`STRATA_SETTLE_SECONDS`, default 10: a
            stack's containers run up to 10 s after the answer, measured 2026-11-23).
        race: after creating what several stacks may create at once, before listing again.
        start_window: within it a deployment must show a record or stand in the queue (measured: 0.065-0.13).
        running_wait: how long a delete waits for a deployment that runs.
        outage: how long a wait bears a server that does not answer (an update of Dokploy restarts it).
        max_age: how old an answer may be that several resources' `read` share.
    """

    poll: float = 1.0
    settle: float = 10.0
    race: float = 0.5
    start_window: float = 30.0
    running_wait: float = 900.0
    outage: float = 120.0
    max_age: float = 10.0

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> "Timing":
        """The defaults with `STRATA_POLL_SECONDS` and `STRATA_SETTLE_SECONDS` applied."""
        return cls(
            poll=float(env.get("STRATA_POLL_SECONDS", cls.poll)),
            settle=float(env.get("STRATA_SETTLE_SECONDS", cls.settle)),
        )
