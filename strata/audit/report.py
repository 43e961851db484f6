"""What an audit found, for people and for programs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import typer

from strata import show
from strata.outcome import Exit


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One thing that is not as declared.

    Attributes:
        where: `environment staging`, `ruleset strata-main`, `repository`.
        what: a sentence without its full stop.
    """

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


@dataclass(frozen=True, kw_only=True)
class Report:
    """One audit.

    Attributes:
        looked_at: places that could be looked at.
        differences: what is not as declared.
        unseen: places that could not be looked at, and why.
        notes: what this token is not shown; it decides nothing.
    """

    looked_at: tuple[str, ...] = ()
    differences: tuple[Difference, ...] = ()
    unseen: tuple[Difference, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def code(self) -> Exit:
        """A difference is certain, whatever else could not be seen."""
        if self.differences:
            return Exit.NOT_AS_IT_SHOULD_BE
        return Exit.FAILED if self.unseen else Exit.OK

    def as_json(self) -> Mapping[str, Any]:
        """For programs."""
        return {
            "looked_at": list(self.looked_at),
            "differences": [{"where": one.where, "what": one.what} for one in self.differences],
            "unseen": [{"where": one.where, "why": one.what} for one in self.unseen],
            "notes": list(self.notes),
        }


def print_report(report: Report, *, json: bool) -> None:
    """The differences, then what could not be seen, then what to do."""
    if json:
        show.as_json(report.as_json())
        return
    for difference in report.differences:
        typer.echo(f"different  {difference}")
    for unseen in report.unseen:
        typer.echo(f"not seen   {unseen}")
    for note in report.notes:
        show.note(note)
    if report.differences:
        show.note(
            "Next: `pulumi up --refresh --stack STACK` with an administrator's token sets declared rules "
            "right; what is not declared, and reviewers that are gone, are for the repository's settings."
        )
    if report.code is Exit.OK:
        typer.echo(f"as declared: {', '.join(report.looked_at)}")
