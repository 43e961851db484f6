"""The engine's nouns over one set of tables."""

from sandbox.engine.building import Builder
from sandbox.engine.containers import Containers
from sandbox.engine.images import Images
from sandbox.engine.networks import Networks
from sandbox.engine.state import State
from sandbox.engine.volumes import Volumes
from sandbox.faults import FaultKind


class Parts:
    """Images, networks, volumes and containers of one host.

    Args:
        state: the engine's tables.
    """

    def __init__(self, state: State) -> None:
        self.state = state
        self.images = Images(state)
        self.networks = Networks(state)
        self.volumes = Volumes(state)
        self.containers = Containers(state)
        self.builder = Builder(state, self.images)

    def one_stays(self, app: str) -> bool:
        """Whether a fault asks that the removal of this app leaves a container behind; counts as its hit."""
        fault = self.state.world.faults.take(
            part="engine", path=app, text="", kinds={FaultKind.CONTAINER_STAYS}
        )
        return fault is not None
