"""The previews' stacks in Pulumi's backend: which there are, and the place that one takes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from model.errors import UnknownStack
from model.layers import Layer, Stack
from strata import engine
from strata.errors import EngineError, NotThere
from strata.project import Project


class Stacks(Protocol):
    """What previews ask of the backend."""

    def numbers(self) -> frozenset[int]:
        """Of the pull requests that have a stack."""

    def commit(self, stack: Stack) -> str | None:
        """What the stack deployed and verified last; `None`: nothing yet, or there is no such stack."""

    def reserve(self, stack: Stack) -> bool:
        """Have the stack; whether it was made by this call."""

    def give_back(self, stack: Stack) -> None:
        """Remove a stack that holds nothing."""


@dataclass(frozen=True, kw_only=True)
class PulumiStacks:
    """The real ones, by the `pulumi` command.

    Attributes:
        project: whose.
        env: of the command.
    """

    project: Project
    env: Mapping[str, str]

    def numbers(self) -> frozenset[int]:
        """See `Stacks`."""
        return frozenset(
            filter(None, map(number_of, (e.name for e in engine.stacks(self.project, self.env))))
        )

    def commit(self, stack: Stack) -> str | None:
        """See `Stacks`."""
        try:
            found = engine.outputs(self.project, stack.name, self.env).get("commit")
        except NotThere:
            return None
        return found if isinstance(found, str) else None

    def reserve(self, stack: Stack) -> bool:
        """See `Stacks`."""
        if stack.pr in self.numbers():
            return False
        try:
            engine.change(self.project, self.env, "stack", "init", stack.name)
        except EngineError:
            if stack.pr in self.numbers():
                return False
            raise
        return True

    def give_back(self, stack: Stack) -> None:
        """See `Stacks`; without --force, so that Pulumi refuses one that holds resources."""
        engine.change(self.project, self.env, "stack", "rm", stack.name, "--yes")


def number_of(name: str) -> int | None:
    """The pull request of a stack's or an environment's name; `None` for any other name."""
    try:
        stack = Stack.parse(name)
    except UnknownStack:
        return None
    return stack.pr if stack.layer is Layer.PR else None


def of(number: int) -> Stack:
    """The stack of a pull request (P9)."""
    return Stack.parse(f"pr-{number}")
