"""Watching a stack for a stated time after a deployment: nothing is forgiven, and all of it is counted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import httpx

from model.plan import ProbePlan
from strata.outcome import Exit
from strata.smoke import Clock, Expected, Look, Verdict, Visitor, blind, look_round

INTERVAL = 5.0
# So many rounds in a row with a failure, and waiting longer only makes the way back later.
DOWN_AFTER = 3
_TOLD_EVERY = 60.0


class Result(StrEnum):
    """How it went. Only `steady` is exit code 0; the others are 1, and `unseen` is 3."""

    STEADY = "steady"
    INTERRUPTED = "interrupted"
    DOWN = "down"
    WRONG = "wrong"
    UNSEEN = "unseen"


_NEXT = {
    Result.STEADY: "",
    Result.INTERRUPTED: (
        "it runs and answers; `strata logs {stack}` has what failed. Watch it again, `strata monitor {stack} "
        "--minutes 10`: if it is steady, `strata release record {stack} --tag vX.Y.Z` says that it is "
        "verified; if not, run rollback.yml on the tag before it"
    ),
    Result.DOWN: "`strata logs {stack}`; if nothing went back by itself, rollback.yml on the tag before it",
    Result.WRONG: "`strata status`; if nothing went back by itself, rollback.yml on the tag before it",
    Result.UNSEEN: "nothing is known of it: `strata monitor {stack} --minutes 10` where there is a network",
}


@dataclass(frozen=True, kw_only=True)
class Watch:
    """What was seen.

    Attributes:
        result: the class.
        failed: requests that were not answered right.
        lost: requests that say nothing, since this machine had no network.
        requests: all of them.
        seconds: how long it was watched.
        first: the first that failed, empty if none did.
    """

    result: Result
    failed: int
    requests: int
    seconds: float
    first: str = ""
    lost: int = 0

    @property
    def exit(self) -> Exit:
        """The exit code."""
        if self.result is Result.UNSEEN:
            return Exit.FAILED
        return Exit.OK if self.result is Result.STEADY else Exit.NOT_AS_IT_SHOULD_BE

    def next_step(self, stack: str) -> str:
        """What to do about it; empty where there is nothing to do."""
        return _NEXT[self.result].format(stack=stack)

    def __str__(self) -> str:
        said = f"{self.result}: {self.failed} of {self.requests} requests failed in {self.seconds:.0f} s"
        if self.lost:
            said += f", {self.lost} could not be made: nothing else answered this machine either"
        return f"{said}; the first: {self.first}" if self.first else said


def monitor(
    probes: Sequence[ProbePlan],
    expected: Expected,
    *,
    seconds: float,
    through: httpx.BaseTransport,
    clock: Clock | None = None,
    elsewhere: Callable[[], bool] = lambda: False,
    say: Callable[[str], object] = lambda _: None,
) -> Watch:
    """Ask every few seconds until the time is over; end earlier where there is nothing more to learn.

    A round in which neither the stack nor anything else answers says nothing about the stack, which is then
    not steady, and not down either; the network may come back, so the watch goes on.

    Args:
        probes: what to ask.
        expected: who should answer.
        seconds: how long.
        through: the way there.
        clock: time and waiting.
        elsewhere: an independent look, asked where nothing answered: whether this machine has a network.
        say: is told once a minute how it stands.
    """
    clock = clock or Clock()
    began = told = clock.monotonic()
    failed: list[Look] = []
    requests = bad_rounds = lost = 0
    result: Result | None = None
    with Visitor(through) as visitor:
        while probes and result is None:
            looks = look_round(visitor, probes, expected)
            requests += len(looks)
            bad = [look for look in looks if look.verdict is not Verdict.RIGHT]
            if blind(looks, elsewhere):
                lost += len(looks)
            else:
                failed += bad
                bad_rounds = bad_rounds + 1 if bad else 0
            now = clock.monotonic()
            if any(look.verdict is Verdict.WRONG for look in bad):
                result = Result.WRONG
            elif bad_rounds == DOWN_AFTER:
                result = Result.DOWN
            elif now - began >= seconds:
                result = Result.INTERRUPTED if failed else Result.UNSEEN if lost else Result.STEADY
            else:
                if now - told >= _TOLD_EVERY:
                    told = now
                    say(f"{(now - began) / 60:.0f} min: {len(failed)} of {requests} requests failed")
                clock.sleep(min(INTERVAL, seconds - (now - began)))
    return Watch(
        result=result or Result.UNSEEN,
        failed=len(failed),
        requests=requests,
        seconds=clock.monotonic() - began,
        first=str(failed[0]) if failed else "",
        lost=lost,
    )
