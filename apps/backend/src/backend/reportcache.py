from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class Cached:
    """What the cache says to a question.

    Attributes:
        body: the report, or None.
        generation: to hand back with the report that is made instead; None when nothing should be kept.
    """

    body: str | None = None
    generation: str | None = None


class ReportCache(Protocol):
    """Keeps one report. Only `ping` ever fails."""

    def ping(self) -> None:
        """Return when it answers, else raise `Unavailable`."""

    def read(self) -> Cached:
        """The report that is kept, if there is one."""

    def keep(self, body: str, *, generation: str | None) -> None:
        """Keep a report that was made after `read` gave this generation."""

    def forget(self) -> None:
        """Something changed that the report tells of."""
