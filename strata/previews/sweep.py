"""`strata sweep`: what is left on either side, and a run of its own for each (P5)."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from strata.errors import CommandError
from strata.github import comments, deployments, pulls
from strata.github.errors import GithubError
from strata.previews import tags
from strata.previews.comment import MARKER, Memory, State
from strata.previews.decision import Action, Reason, Request
from strata.previews.desk import Desk, Seen, as_request
from strata.previews.stacks import number_of
from strata.previews.unblock import start, waiting

# A comment that was changed longer ago and still has a link was looked at by every sweep since.
_COMMENTS_SINCE = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One pull request whose preview is not as its state asks.

    Attributes:
        number: of it.
        action: what its run will do.
        reason: why.
        where: what shows it.
    """

    number: int
    action: Action
    reason: Reason
    where: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class _Sides:
    """What there is of previews, by place."""

    requests: Mapping[int, Request]
    records: Counter[int]
    places: Mapping[str, frozenset[int]]

    def where(self, number: int) -> tuple[str, ...]:
        return tuple(place for place, numbers in self.places.items() if number in numbers)


def sweep(desk: Desk, *, dry_run: bool) -> list[Finding]:
    """Find, and start `pr-test.yml` for each; a dry run only finds.

    Raises:
        CommandError, DokployError: one side cannot be asked (nothing was done then), or a run could not be
            started (the others were).
    """
    found = findings(desk)
    if dry_run:
        return found
    failed = list[str]()
    for finding in found:
        try:
            start(desk, finding.number)
        except GithubError as error:
            failed.append(f"pr-{finding.number}: {error}")
    if failed:
        raise CommandError(
            f"{len(failed)} of {len(found)} runs could not be started: {' '.join(failed)}",
            next_step="the next sweep tries again",
        )
    return found


def findings(desk: Desk) -> list[Finding]:
    """What is not as the pull requests ask, by number; changes nothing.

    Raises:
        CommandError, DokployError: one side cannot be asked.
    """
    sides = _sides(desk)
    there = sides.places["stack"]
    found = dict[int, Finding]()
    # Also the open ones of which nothing is to be seen: their first run may have been lost.
    for number in sorted(sides.requests.keys() | frozenset[int]().union(*sides.places.values())):
        request = sides.requests.get(number)
        memory = desk.memory(number) if request is not None else None
        seen = Seen(number=number, request=request, memory=memory, records=True)
        decision = desk.decided(seen, previews=there)
        where = (
            _lacking(desk, sides, seen)
            if decision.action is Action.UP
            else _left(sides, seen, reason=decision.reason)
        )
        if where:
            found[number] = Finding(
                number=number, action=decision.action, reason=decision.reason, where=where
            )
    for number in waiting(desk):
        found[number] = Finding(
            number=number, action=Action.UP, reason=Reason.WANTED, where=("a place is free",)
        )
    return [found[number] for number in sorted(found)]


def _was_refused(memory: Memory | None, request: Request | None) -> bool:
    """Whether its newest commit was refused, which the next run would do too."""
    if memory is None or memory.push is None or request is None:
        return False
    return memory.state is State.REFUSED and memory.push.commit == request.commit


def _lacking(desk: Desk, sides: _Sides, seen: Seen) -> tuple[str, ...]:
    """What a preview that shall be lacks on one of the sides: a run was lost, or somebody took it away."""
    number, memory, request = seen.number, seen.memory, seen.request
    placeless = number not in sides.places["stack"]
    if _was_refused(memory, request) or (memory is not None and memory.state is State.WAITING and placeless):
        return ()  # those that wait are started as places become free
    sides_of_it = {place: number in sides.places[place] for place in ("stack", "environment", "tag")}
    lacking = [f"no {place}" for place, there in sides_of_it.items() if not there]
    if sides.records[number] > 1:
        lacking.append(f"{sides.records[number]} deployment records")
    if memory is None or request is None:
        return (*lacking, "no comment")
    if memory.push is not None and memory.push.commit != request.commit:
        lacking.append("not told of the newest commit")
    if memory.state is State.UNTRIED:
        lacking.append("not tried")
    elif memory.state not in {State.UP, State.FAILED, State.REFUSED}:
        lacking.append(f"its comment says {memory.state}")
    elif memory.state is State.FAILED and desk.deployed(number) == request.commit:
        lacking.append("its comment says failed, and it is up")
    return tuple(lacking)


def _left(sides: _Sides, seen: Seen, *, reason: Reason) -> tuple[str, ...]:
    """What shows a preview that shall not be, or what was not told of it."""
    where = sides.where(seen.number)
    if where or seen.request is None or not seen.request.own:
        return where
    if seen.memory is None:
        return ("no comment",) if reason is Reason.LIMIT else ()
    if reason is Reason.LIMIT and seen.memory.state in {State.WAITING, State.REFUSED}:
        return ()
    return () if seen.memory.state is State.GONE else (f"its comment says {seen.memory.state}",)


def _sides(desk: Desk) -> _Sides:
    """The open pull requests first: if they cannot be listed, nothing else is asked and nothing done."""
    requests = {
        pull.number: as_request(pull, repository=desk.github.repository)
        for pull in pulls.all_open(desk.github)
    }
    records = _recorded(desk)
    return _Sides(
        requests=requests,
        records=records,
        places={
            "stack": desk.stacks.numbers(),
            "environment": desk.dokploy().numbers(),
            "tag": frozenset(tags.by_number(desk.github)),
            "deployment record": frozenset(records),
            "comment with a link": _linked(desk, requests),
        },
    )


def _recorded(desk: Desk) -> Counter[int]:
    """How many deployment records each preview has."""
    return Counter(filter(None, (number_of(record.environment) for record in deployments.of(desk.github))))


def _linked(desk: Desk, requests: Mapping[int, Request]) -> frozenset[int]:
    """Those whose comment links a preview, or says anything of a closed one but that it is gone."""
    since = (desk.now() - _COMMENTS_SINCE).strftime("%Y-%m-%dT%H:%M:%SZ")
    found = set[int]()
    for comment in comments.everywhere(desk.github, marker=MARKER, since=since):
        memory = Memory.of(comment.body)
        if memory is None or not comment.number or memory.state is State.GONE:
            continue
        if memory.state.linked or comment.number not in requests:
            found.add(comment.number)
    return frozenset(found)
