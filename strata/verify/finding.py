"""One line of the table, and how the whole of it ends."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from strata import show
from strata.outcome import Exit


class State(StrEnum):
    """What a look found."""

    FINE = "fine"
    ABSENT = "not there"
    WRONG = "wrong"
    UNKNOWN = "could not look"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        part: `compose`, `workflows` or `health`.
        subject: stack, file or address.
        state: what was found; `not there` is fine, nothing was promised.
        detail: why, one line.
        next_step: what to do, empty where there is nothing to do.
    """

    part: str
    subject: str
    state: State
    detail: str = ""
    next_step: str = ""


COLUMNS = ("PART", "SUBJECT", "STATE", "DETAIL")


def print_findings(findings: Sequence[Finding]) -> None:
    """The table, then what to do."""
    show.table(COLUMNS, [(one.part, one.subject, str(one.state), one.detail or "-") for one in findings])
    for one in findings:
        if one.next_step:
            show.note(f"{one.part} {one.subject}: next: {one.next_step}.")


def outcome(findings: Iterable[Finding]) -> Exit:
    """1 if something is wrong, 3 if something could not be looked at, else 0."""
    states = {one.state for one in findings}
    if State.WRONG in states:
        return Exit.NOT_AS_IT_SHOULD_BE
    return Exit.FAILED if State.UNKNOWN in states else Exit.OK
