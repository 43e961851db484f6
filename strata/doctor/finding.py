"""One line of the doctor's report."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from dokploy_provider.errors import DokployError
from model.errors import StrataError
from strata.errors import CommandError
from vault.errors import VaultError


class Level(StrEnum):
    """How bad it is: only `fail` lets the doctor's exit code be 1."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What one look gave.

    Attributes:
        subject: the prerequisite.
        text: what was found, with the next step if there is one.
    """

    level: Level
    subject: str
    text: str


Findings = Iterator[Finding]
Check = Callable[[], Findings]


def ok(subject: str, text: str) -> Finding:
    """It is as it should be."""
    return Finding(level=Level.OK, subject=subject, text=text)


def warn(subject: str, text: str, *, next_step: str) -> Finding:
    """It works, but not for long or not for everything."""
    return Finding(level=Level.WARN, subject=subject, text=f"{text}. Next: {next_step}.")


def fail(subject: str, text: str, *, next_step: str) -> Finding:
    """It has to be repaired before a deployment."""
    return Finding(level=Level.FAIL, subject=subject, text=f"{text}. Next: {next_step}.")


def guarded(subject: str, check: Check) -> Findings:
    """The check's findings; an error of ours that ends it is its last one, so that the other checks go on."""
    try:
        yield from check()
    except (CommandError, StrataError, VaultError, DokployError) as error:
        yield Finding(level=Level.FAIL, subject=subject, text=str(error))
