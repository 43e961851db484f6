"""Staging: where a release is proved on persistent data."""

from components.planning import Planned
from components.standing import StandingEnvironment


class StagingEnvironment(StandingEnvironment):
    """The standing environment that proves releases; it differs from production in its plan only."""

    def __init__(self, *, planned: Planned) -> None:
        super().__init__("Staging", planned=planned)
