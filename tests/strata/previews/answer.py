"""The one right answer: what the pull requests ask for, and what GitHub, state and server have to show."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from strata.previews.comment import Memory, State
from tests.strata.previews.github import Github
from tests.strata.previews.standin import Engine

MARK = "<!-- strata:preview -->"


@dataclass
class Answer:
    """Follows what people do, knows nothing of how it is brought about.

    Attributes:
        limit: of previews.
        label: that is needed; empty: none.
        ttl: after the last push.
        there: those that had a preview at the last look.
        since: number to commit and time of the push that its preview is counted from.
        left: those that were unwanted for a moment since the last look: their place may have gone to another.
    """

    github: Github
    engine: Engine
    limit: int
    label: str
    ttl: timedelta = timedelta(hours=72)
    there: set[int] = field(default_factory=set)
    since: dict[int, tuple[str, datetime]] = field(default_factory=dict)
    left: set[int] = field(default_factory=set)

    def wanted(self, number: int) -> bool:
        """Whether this one asks for a preview now."""
        row = self.github.row(number)
        if row["state"] != "open" or row["pull"]["fork"] or (self.label and self.label not in row["labels"]):
            return False
        commit, time = self.since.get(number, ("", self.github.clock.time))
        return commit != self.github.head(number) or self.github.clock.time - time < self.ttl

    def wanting(self) -> set[int]:
        """Those that ask for one."""
        return {number for number in self.numbers() if self.wanted(number)}

    def numbers(self) -> list[int]:
        """All pull requests."""
        return [row["number"] for row in self.github.world.store.table("github.issue").where()]

    def something_happened(self) -> None:
        """Notes who is unwanted at this moment."""
        self.left |= set(self.numbers()) - self.wanting()

    def check(self) -> None:
        """Compare everything with the right answer; called when nothing runs any more."""
        wanting, there = self.wanting(), set(self.engine.state)
        assert there <= wanting, "a preview that nobody asks for"
        assert len(there) == min(self.limit, len(wanting)), f"{there} of {wanting}, limit {self.limit}"
        assert (self.there & wanting) - self.left <= there, "a preview lost its place"
        heads = {number: self.github.head(number) for number in there}
        assert self.engine.state == heads
        assert self.engine.server == heads
        assert self.github.tags() == {f"preview/pr-{n}-{sha[:7]}": sha for n, sha in heads.items()}
        for number in self.numbers():
            self._check(number, up=number in there, waiting=number in wanting - there)
        for number in there:
            if self.since.get(number, ("",))[0] != heads[number]:
                self.since[number] = (heads[number], self.github.clock.time)
        for number in wanting - there:
            self.since.pop(number, None)
        self.there, self.left = there, set()

    def _check(self, number: int, *, up: bool, waiting: bool) -> None:
        url = f"https://report-pr-{number}.zitian.party"
        records = [
            (r["now"]["state"], r["now"]["environment_url"]) for r in self.github.records(f"pr-{number}")
        ]
        assert records == ([("success", url)] if up else []), f"deployment records of {number}"
        bodies = [row["body"] for row in self.github.comments(number) if row["body"].startswith(MARK)]
        assert len(bodies) <= 1, f"{len(bodies)} comments at {number}"
        if not (up or waiting):
            assert [body for body in bodies if url in body] == [], f"{number} links what is gone"
            assert self._states(bodies) <= {State.GONE}, f"comment of {number}"
            return
        assert self._states(bodies) == {State.UP if up else State.WAITING}, f"comment of {number}"
        assert (url in bodies[0]) is up
        if up:
            assert self.github.head(number)[:7] in bodies[0]

    def _states(self, bodies: list[Any]) -> set[State]:
        memories = [Memory.of(body) for body in bodies]
        return {memory.state for memory in memories if memory is not None}
