"""One step of the way from nothing to the first green staging, and what a look at it gave."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from dokploy_provider import errors as dokploy
from model.errors import SettingsError, StrataError
from strata.errors import CommandError, NoProject
from strata.github import errors as github
from strata.setup.world import World
from vault import errors as vault

GUIDE = "docs/setup.md"
# What is wrong here and not at a server: it is known what to do, and that it is not done.
_NOT_CONFIGURED = (
    NoProject,
    SettingsError,
    dokploy.NotConfigured,
    github.NotConfigured,
    vault.NotConfigured,
)


class State(StrEnum):
    """What a look at a step found."""

    OK = "ok"
    TO_DO = "to do"
    NOT_SEEN = "not seen"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What one look gave.

    Attributes:
        text: what is there or missing; never a value.
        command: what to run or to do next; empty where nothing is to do.
    """

    state: State
    text: str
    command: str = ""


@dataclass(frozen=True, kw_only=True)
class Step:
    """Something that is made once, in a fixed order, and that can be looked at again any time.

    Attributes:
        name: unique.
        check: the look; it changes nothing.
        after: steps without which there is nothing to look at.
        chapter: the heading's anchor in the guide, if it is not the name.
    """

    name: str
    check: Callable[[World], Answer]
    after: tuple[str, ...] = ()
    chapter: str = ""

    @property
    def anchor(self) -> str:
        """Of its heading in the guide."""
        return self.chapter or self.name

    @property
    def guide(self) -> str:
        """Where the guide tells how."""
        return f"{GUIDE}#{self.anchor}"


@dataclass(frozen=True, kw_only=True)
class Look:
    """A step and what was found."""

    step: Step
    answer: Answer


def ok(text: str) -> Answer:
    """It is done."""
    return Answer(state=State.OK, text=text)


def to_do(text: str, *, command: str) -> Answer:
    """It has to be done; `command` is exact."""
    return Answer(state=State.TO_DO, text=text, command=command)


def not_seen(text: str, *, command: str = "") -> Answer:
    """Whether it is done could not be found out, which is neither yes nor no."""
    return Answer(state=State.NOT_SEEN, text=text, command=command)


def looked(steps: Sequence[Step], world: World) -> Iterator[Look]:
    """Each step's look, as it is made; one that needs an undone step is not tried.

    An error of ours is an answer too, so that one server that is down does not hide the other steps.
    """
    undone: dict[str, str] = {}
    for step in steps:
        # what waits for a waiting step waits for the undone one: that is what is to be done
        waits = next((undone[name] for name in step.after if name in undone), None)
        answer = not_seen(f"comes after {waits}") if waits else _answered(step, world)
        if answer.state is not State.OK:
            undone[step.name] = waits or step.name
        yield Look(step=step, answer=answer)


def first_undone(looks: Iterable[Look]) -> Look | None:
    """The step to go on with: the first that is not done, also one that could not be looked at."""
    return next((look for look in looks if look.answer.state is not State.OK), None)


def _answered(step: Step, world: World) -> Answer:
    try:
        return step.check(world)
    except _NOT_CONFIGURED as error:
        text, _, command = str(error).partition(" Next: ")
        return to_do(text, command=command.rstrip("."))
    except (CommandError, StrataError, vault.VaultError, dokploy.DokployError) as error:
        text, _, command = str(error).partition(" Next: ")
        return not_seen(text, command=command.rstrip("."))
