"""What a pull request's state asks for now (P8). A pure function: the event that started a run is no input.

The one thing that a run's start decides: a fork's pull request gets no job with credentials on its own (P7),
but whoever may start workflows may have it cleared up.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Outcome(StrEnum):
    """How GitHub says that a step ended."""

    SUCCESS = "success"
    FAILURE = "failure"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"


class Action(StrEnum):
    """What is to be done."""

    UP = "up"
    DESTROY = "destroy"
    NONE = "none"


class Reason(StrEnum):
    """Why."""

    WANTED = "wanted"
    GONE = "gone"
    CLOSED = "closed"
    FORK = "fork"
    LABEL = "label"
    EXPIRED = "expired"
    LIMIT = "limit"


@dataclass(frozen=True, kw_only=True)
class Request:
    """A pull request as far as it matters here.

    Attributes:
        number: of it.
        open: neither closed nor merged.
        commit: its newest one.
        own: the commit lies in this repository and in no fork (P7); not who pushed or labelled.
        labels: names of its labels.
    """

    number: int
    open: bool
    commit: str
    own: bool
    labels: AbstractSet[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Rules:
    """The settings that decide.

    Attributes:
        label: without it no preview; empty: all get one.
        limit: of previews at once.
        ttl: after the last push.
    """

    label: str
    limit: int
    ttl: timedelta


@dataclass(frozen=True, kw_only=True)
class Push:
    """The last push that is known of.

    Attributes:
        commit: what was pushed.
        seen: when a run saw it first.
    """

    commit: str
    seen: datetime


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What to do and why."""

    action: Action
    reason: Reason


def decide(
    request: Request | None,
    *,
    number: int,
    rules: Rules,
    previews: AbstractSet[int],
    push: Push | None,
    now: datetime,
    traces: bool = True,
    by_hand: bool = False,
) -> Decision:
    """What is to become of one pull request's preview.

    Args:
        request: the pull request now; `None`: there is none of this number.
        number: of the stack `pr-<number>`.
        rules: of the project.
        previews: numbers of those that there are.
        push: the last one that a run has seen; `None`: none has.
        now: in UTC.
        traces: whether GitHub shows anything of a preview; without, an open request that shall have none
            needs no job. Unknown counts as yes.
        by_hand: started by a person or the sweeper and not by the pull request.
    """
    if request is None:
        return Decision(action=Action.DESTROY, reason=Reason.GONE)
    if not request.own:
        return Decision(action=Action.DESTROY if by_hand else Action.NONE, reason=Reason.FORK)
    if not request.open:
        return Decision(action=Action.DESTROY, reason=Reason.CLOSED)
    unwanted = _unwanted(request, rules=rules, previews=previews - {number}, push=push, now=now)
    if unwanted is None:
        return Decision(action=Action.UP, reason=Reason.WANTED)
    if unwanted is Reason.LIMIT and number in previews:
        return Decision(action=Action.UP, reason=Reason.WANTED)
    return Decision(action=Action.DESTROY if traces or by_hand else Action.NONE, reason=unwanted)


def _unwanted(
    request: Request, *, rules: Rules, previews: AbstractSet[int], push: Push | None, now: datetime
) -> Reason | None:
    if rules.label and rules.label not in request.labels:
        return Reason.LABEL
    if push is not None and push.commit == request.commit and now - push.seen >= rules.ttl:
        return Reason.EXPIRED
    if len(previews) >= rules.limit:
        return Reason.LIMIT
    return None
