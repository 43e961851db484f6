"""Smoke checks: what a visitor of a stack must be answered, asked the same way for every layer.

A good release was once rolled back because a single look met a router that was just changing over; a bad one
passed because nothing was looked at. Hence: what may still become right (`LATER`, 5xx, TLS, no connection) is
asked again within a limit, a wrong payload fails at once, several rounds in a row must be right, and a run
that made fewer looks than it was to make has not passed.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

import httpx

from model.plan import ProbePlan

IN_A_ROW = 3
AT_LEAST = 12
"""Right answers without which nothing has passed: three rounds of four addresses."""
WINDOW = 60.0
PAUSE = 1.0
_TIMEOUT = httpx.Timeout(10.0, connect=5.0)
_UNKNOWN = "unknown"
LATER = frozenset(
    {
        httpx.codes.NOT_FOUND,
        httpx.codes.REQUEST_TIMEOUT,
        httpx.codes.TOO_EARLY,
        httpx.codes.TOO_MANY_REQUESTS,
    }
)
"""Statuses below 500 that say nothing about what runs: no router yet, too slow, too early, too many."""


class Verdict(StrEnum):
    """What one answer means."""

    RIGHT = "right"
    PENDING = "not yet right"
    WRONG = "wrong"


@dataclass(frozen=True, kw_only=True)
class Look:
    """One look at one address.

    Attributes:
        url: that was asked.
        said: what is not right, or `right`.
        commit: that it named, if it did.
        answered: whether there was any HTTP answer.
    """

    url: str
    verdict: Verdict
    said: str
    commit: str | None = None
    answered: bool = True

    def __str__(self) -> str:
        return f"{self.url}: {self.said}"


@dataclass(frozen=True, kw_only=True)
class Expected:
    """Who should answer.

    Attributes:
        commit: baked into the images; `None`: whichever, but the same one everywhere.
        environment: that the application says it runs in, `None`: not looked at.
        may_be_unknown: whether `unknown` is a commit: images that a person built have it.
    """

    commit: str | None = None
    environment: str | None = None
    may_be_unknown: bool = False


@dataclass(frozen=True, kw_only=True)
class Clock:
    """Time and waiting, in seconds.

    Attributes:
        monotonic: for limits.
        sleep: waits.
    """

    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


class Visitor:
    """Asks addresses, each time as somebody new: no connection is kept.

    Args:
        through: `strata.health.transport`, or a test's.
    """

    def __init__(self, through: httpx.BaseTransport) -> None:
        self._http = httpx.Client(
            transport=through,
            timeout=_TIMEOUT,
            # The library's own name is refused by some that stand before a host.
            headers={"user-agent": "strata-smoke", "connection": "close"},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def look(self, probe: ProbePlan, expected: Expected) -> Look:
        """`GET` one address."""
        try:
            answer = self._http.get(probe.url)
        except httpx.HTTPError as error:
            text = str(error).lower()
            tls = "certificate" in text or "ssl" in text
            said = "TLS is not ready" if tls else f"no answer ({type(error).__name__})"
            return Look(url=probe.url, verdict=Verdict.PENDING, said=said, answered=False)
        if answer.status_code != httpx.codes.OK:
            later = answer.status_code in LATER or answer.is_server_error
            verdict = Verdict.PENDING if later else Verdict.WRONG
            return Look(url=probe.url, verdict=verdict, said=f"status {answer.status_code}")
        return _judged(probe, answer, expected)


def _judged(probe: ProbePlan, answer: httpx.Response, expected: Expected) -> Look:
    """An answer with status 200 is right or wrong: waiting would not change it."""
    media = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != probe.content_type:
        said = f"answers {media or 'no content type'} instead of {probe.content_type}"
        return Look(url=probe.url, verdict=Verdict.WRONG, said=said)
    if not probe.keys and not probe.identity:
        return Look(url=probe.url, verdict=Verdict.RIGHT, said="right")
    try:
        body = answer.json()
    except ValueError:
        body = None
    wrong = _complaint(probe, body, expected)
    commit = body.get("commit") if isinstance(body, dict) else None
    return Look(
        url=probe.url,
        verdict=Verdict.WRONG if wrong else Verdict.RIGHT,
        said=wrong or "right",
        commit=commit if isinstance(commit, str) else None,
    )


def _complaint(probe: ProbePlan, body: Any, expected: Expected) -> str:
    if not isinstance(body, dict):
        return "does not answer a JSON object"
    if missing := [key for key in probe.keys if key not in body]:
        return f"answers without {', '.join(missing)}"
    return _stranger(body, expected) if probe.identity else ""


def _stranger(body: dict[str, Any], expected: Expected) -> str:
    """Why it is not the one who should answer; what it says of itself is cut, it may be anything."""
    commit, environment = body.get("commit"), body.get("environment")
    if not isinstance(commit, str) or not commit:
        return "does not say its commit"
    if expected.commit is not None and commit != expected.commit:
        return f"says commit {commit[:40]!r}, expected is {expected.commit}"
    if commit == _UNKNOWN and not expected.may_be_unknown:
        return "does not know the commit that it was built from"
    if expected.environment and environment not in (None, expected.environment):
        return f"says it is {str(environment)[:40]!r}, expected is {expected.environment}"
    return ""


def look_round(visitor: Visitor, probes: Sequence[ProbePlan], expected: Expected) -> list[Look]:
    """Every address once. All have to name one commit: a page is another image than its backend."""
    looks: list[Look] = []
    for probe in probes:
        look = visitor.look(probe, expected)
        looks.append(look)
        if look.verdict is Verdict.RIGHT and look.commit and expected.commit is None:
            expected = Expected(
                commit=look.commit,
                environment=expected.environment,
                may_be_unknown=expected.may_be_unknown,
            )
    return looks


def blind(looks: Sequence[Look], elsewhere: Callable[[], bool]) -> bool:
    """Whether a round has seen nothing: no HTTP answer at all, and none from elsewhere."""
    return not any(look.answered for look in looks) and not elsewhere()


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a smoke check found.

    Attributes:
        passed: whether the stack may be used.
        checks: right answers in the rounds that count.
        asked: all requests.
        commit: that answered.
        problem: the last thing that was not right; empty if it passed.
        unseen: nothing answered, and nothing elsewhere either: this machine has no network.
    """

    passed: bool
    checks: int
    asked: int
    commit: str | None = None
    problem: str = ""
    unseen: bool = False

    def __str__(self) -> str:
        if self.passed:
            return f"{self.checks} checks right, {IN_A_ROW} rounds in a row, commit {self.commit}"
        return f"{self.problem} ({self.asked} requests)"


def smoke(
    probes: Sequence[ProbePlan],
    expected: Expected,
    *,
    through: httpx.BaseTransport,
    clock: Clock | None = None,
    window: float = WINDOW,
    at_least: int = AT_LEAST,
    elsewhere: Callable[[], bool] = lambda: False,
) -> Report:
    """Ask until all is right three times in a row, something is wrong, or the time is over.

    Args:
        probes: what to ask, `model.routing.smoke_probes`.
        expected: who should answer.
        through: the way there.
        clock: time and waiting.
        window: seconds within which the first of the right rounds has to begin.
        at_least: right answers without which nothing has passed.
        elsewhere: an independent look, asked where nothing answered: whether this machine has a network.
    """
    clock = clock or Clock()
    end = clock.monotonic() + window
    right: list[Look] = []
    rounds = asked = 0
    with Visitor(through) as visitor:
        while True:
            looks = look_round(visitor, probes, expected)
            asked += len(looks)
            bad = [look for look in looks if look.verdict is not Verdict.RIGHT]
            wrong = [look for look in bad if look.verdict is Verdict.WRONG]
            rounds, right = (0, []) if bad else (rounds + 1, [*right, *looks])
            if rounds == IN_A_ROW:
                break
            if wrong or (bad and clock.monotonic() >= end):
                problem = f"{(wrong or bad)[0]}" + ("" if wrong else f", for {window:.0f} s")
                unseen = blind(looks, elsewhere)
                if unseen:
                    problem += "; nothing else answers this machine either"
                return Report(passed=False, checks=0, asked=asked, problem=problem, unseen=unseen)
            clock.sleep(PAUSE)
    commits = {look.commit for look in right if look.commit}
    if len(right) < at_least or len(commits) != 1:
        short = f"only {len(right)} checks were made, at least {at_least} are needed"
        problem = short if len(right) < at_least else f"{len(commits)} commits answered instead of one"
        return Report(passed=False, checks=len(right), asked=asked, problem=problem)
    return Report(passed=True, checks=len(right), asked=asked, commit=commits.pop())
