"""Production: runs what staging has proved."""

from components.planning import Planned
from components.standing import StandingEnvironment


class ProductionEnvironment(StandingEnvironment):
    """The standing environment with real traffic: a protected data tier, a gate that asks for a reviewer."""

    def __init__(self, *, planned: Planned) -> None:
        super().__init__("Production", planned=planned)
