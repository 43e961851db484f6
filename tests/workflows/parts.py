"""What the tables of the order are made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Step:
    """A command, the condition it has, the name that others ask for it by, and its variables."""

    run: str
    when: str = ""
    id: str = ""
    given: Mapping[str, str] = field(default_factory=dict)


def step(run: str, when: str = "", called: str = "", **given: str) -> Step:
    """A line of a job."""
    return Step(run=run, when=when, id=called, given=given)


@dataclass(frozen=True, kw_only=True)
class Job:
    """A job, without what other rules hold.

    Attributes:
        may: its permissions, each `name:level`.
        steps: what follows the checkout and the set-up.
        needs: the jobs that it waits for.
        when: its condition; none means that all that it needs, however far, succeeded.
        environment: the gate that it passes and the identity that it logs in as.
        outputs: what it tells the jobs after it.
        env: its variables, where it has no environment.
    """

    may: str
    steps: tuple[Step, ...]
    needs: str = ""
    when: str = ""
    environment: str = ""
    outputs: Mapping[str, str] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class File:
    """What starts a workflow, and the variables of all its jobs."""

    on: Mapping[str, Any]
    env: Mapping[str, str] = field(default_factory=dict)
