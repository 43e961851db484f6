"""A list of checks: all are made, each says what it found, and one that could not be made is not passed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from model.errors import StrataError
from strata.actions import Runner
from strata.errors import CommandError
from strata.github.errors import GithubError, Missing
from strata.markdown import plain
from strata.outcome import Exit
from strata.registry import RegistryError

T = TypeVar("T")
_WORDS = {True: "ok", False: "failed", None: "could not look"}


class Failed(Exception):
    """A check found that something is not so; the text says what."""


class Unseen(Failed):
    """Something could not be looked at; the text says why."""


@dataclass(frozen=True, kw_only=True)
class Check:
    """One finding.

    Attributes:
        name: what was looked at.
        ok: `None`: it could not be looked at.
        said: what was found.
    """

    name: str
    ok: bool | None
    said: str


@dataclass(kw_only=True)
class Checks:
    """The findings so far, in order."""

    done: list[Check] = field(default_factory=list)

    def make(self, name: str, look: Callable[[], tuple[T, str]]) -> T | None:
        """Make one check and go on, whatever comes of it.

        Args:
            name: what is looked at.
            look: gives a value and what was found, or raises `Failed`.

        Returns:
            The value, `None` after a check that did not pass.
        """
        try:
            value, said = look()
        except (Failed, CommandError, StrataError) as error:
            looked = isinstance(error, Missing) or not isinstance(error, (GithubError, RegistryError, Unseen))
            self.done.append(Check(name=name, ok=False if looked else None, said=str(error)))
            return None
        self.done.append(Check(name=name, ok=True, said=said))
        return value

    def leave_out(self, name: str, because: str) -> None:
        """Note one that needs what an earlier one did not find; it counts as not looked at."""
        self.done.append(Check(name=name, ok=None, said=f"not looked at: {because}"))

    @property
    def passed(self) -> bool:
        """Whether there were any, and all found what they looked for."""
        return bool(self.done) and all(one.ok for one in self.done)

    @property
    def exit(self) -> Exit:
        """0, 1 for a check that failed, 3 where it could not be looked (G4 tells them apart likewise)."""
        if any(one.ok is False for one in self.done):
            return Exit.NOT_AS_IT_SHOULD_BE
        return Exit.OK if self.passed else Exit.FAILED

    @property
    def reason(self) -> str:
        """What did not pass, on one line; empty if all did."""
        return "; ".join(f"{one.name}: {one.said}" for one in self.done if not one.ok)

    def markdown(self, title: str) -> str:
        """A table for the run's page."""
        rows = [
            f"| {one.name} | {_WORDS[one.ok]} | {plain(one.said, longest=600, cell=True)} |"
            for one in self.done
        ]
        return "\n".join([f"### {title}", "", "| check | | found |", "|---|---|---|", *rows, ""])

    def tell(self, runner: Runner, title: str, say: Callable[[str], object]) -> None:
        """On the run's page and in its log."""
        for one in self.done:
            say(f"{_WORDS[one.ok]:<15} {one.name}: {one.said}")
        if runner.is_one:
            runner.summary(self.markdown(title))
