"""One number from several runs, and what is compared with what."""

import statistics
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Ratio:
    """Two medians of one session, compared: a machine's speed drops out.

    Attributes:
        name: what is measured.
        seconds: its median.
        base: median of what it is compared with.
        goal: the ratio is meant to stay at or below it; `None` where none is set.
    """

    name: str
    seconds: float
    base: float
    goal: float | None = None

    @property
    def value(self) -> float:
        return self.seconds / self.base


def medians(runs: dict[str, Callable[[], float]], *, rounds: int) -> dict[str, float]:
    """Median seconds of each run, taken in turns so that a slow moment of the machine meets all of them.

    Args:
        runs: name to something that runs once and returns its seconds.
        rounds: how often each is run; one more at the beginning is not counted.
    """
    taken: dict[str, list[float]] = {name: [] for name in runs}
    for round_ in range(rounds + 1):
        for name, run in runs.items():
            seconds = run()
            if round_:
                taken[name].append(seconds)
    return {name: statistics.median(found) for name, found in taken.items()}
