"""A stand-in for Pulumi and for the previews' server: what `up` and `destroy` do to both, in memory."""

from dataclasses import dataclass, field

from model.layers import Stack
from model.naming import Names
from strata.previews.stacks import of
from tests.strata.previews.github import Github


@dataclass
class Engine:
    """State and server.

    Attributes:
        state: number to the commit that was verified last; `None` before the first.
        server: number to the commit that runs.
        beside: standing stacks that the server carries.
        stays: numbers of which a container outlives every removal.
        failing: numbers whose next `up` or `destroy` fails.
    """

    github: Github
    state: dict[int, str | None] = field(default_factory=dict)
    server: dict[int, str] = field(default_factory=dict)
    beside: list[str] = field(default_factory=list)
    stays: set[int] = field(default_factory=set)
    failing: set[int] = field(default_factory=set)

    def up(self, number: int, *, tag: str, commit: str) -> bool:
        """`pulumi up`: Dokploy clones the tag, and the answer is held against the commit."""
        assert self.github.tags().get(tag) == commit, f"{tag} is not on {commit}"
        assert number in self.state, "no stack was made"
        if number in self.failing:
            self.failing.discard(number)
            return False
        self.server[number] = commit
        self.state[number] = commit
        return True

    def destroy(self, number: int) -> bool:
        """`pulumi destroy --remove`."""
        assert number in self.state, f"error: no stack named 'pr-{number}' found"
        if number in self.failing:
            self.failing.discard(number)
            return False
        self.server.pop(number, None)
        del self.state[number]
        return True

    # As `Stacks` ------------------------------------------------------------------------------------

    def numbers(self) -> frozenset[int]:
        self.github.breaks.call("backend")
        return frozenset(self.state)

    def commit(self, stack: Stack) -> str | None:
        self.github.breaks.call("backend")
        return self.state.get(stack.pr or 0)

    def reserve(self, stack: Stack) -> bool:
        self.github.breaks.call("backend")
        assert stack.pr is not None
        made = stack.pr not in self.state
        self.state.setdefault(stack.pr, None)
        return made

    def give_back(self, stack: Stack) -> None:
        self.github.breaks.call("backend")
        assert stack.pr is not None
        assert self.state.pop(stack.pr) is None
        assert stack.pr not in self.server, "a stack with resources was removed from the state"


@dataclass
class Server:
    """As `strata.previews.server.Server`."""

    engine: Engine

    def numbers(self) -> frozenset[int]:
        return frozenset(self.engine.server)

    def carries(self) -> list[str]:
        return self.engine.beside

    def clear(self, names: Names) -> list[str]:
        number = names.stack.pr
        assert number is not None
        assert names.stack == of(number)
        if number in self.engine.stays:
            return [f"container {names.qualified}-preview-backend-1 (running)"]
        self.engine.server.pop(number, None)
        return []
