"""The real Docker Engine in the simulated one's place: the same calls, answered by containers that run."""

from sandbox.docker.host import EngineDocker

__all__ = ["EngineDocker"]
