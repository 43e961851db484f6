"""What state a container is in, worked out from when it was started and how its image behaves: nothing has to
happen in between, so the state is right after a restart of the sandbox, too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sandbox.engine.behaviour import Behaviour
from sandbox.engine.durations import since


class Status(StrEnum):
    """Docker's container states, as far as the sandbox has them."""

    CREATED = "created"
    RUNNING = "running"
    RESTARTING = "restarting"
    EXITED = "exited"


class Health(StrEnum):
    """Docker's health states."""

    STARTING = "starting"
    HEALTHY = "healthy"
    UNHEALTHY = "unhealthy"


@dataclass(frozen=True, kw_only=True)
class ContainerState:
    """A container at one moment.

    Attributes:
        status: Docker's state.
        exit_code: of the last end, 0 before.
        health: `None` without a health check.
    """

    status: Status
    exit_code: int = 0
    health: Health | None = None

    @property
    def is_ready(self) -> bool:
        """Running, and healthy where somebody looks."""
        return self.status is Status.RUNNING and self.health in (None, Health.HEALTHY)


def state_of(container: Mapping[str, Any], now: datetime) -> ContainerState:
    """The state of a row of `engine.containers`."""
    if container["started"] is None:
        return ContainerState(status=Status.CREATED)
    if container["ended"] is not None:
        return ContainerState(status=Status.EXITED, exit_code=container["exit_code"])
    behaviour = Behaviour(container["behaviour"])
    if behaviour in (Behaviour.EXITS, Behaviour.COMPLETES):
        code = 1 if behaviour is Behaviour.EXITS else 0
        return ContainerState(
            status=Status.RESTARTING if _restarts(container["restart"], code) else Status.EXITED,
            exit_code=code,
        )
    return ContainerState(status=Status.RUNNING, health=_health(container, behaviour, now))


def describe(container: Mapping[str, Any], now: datetime) -> str:
    """The status column of `docker ps`: `Up 5 seconds (healthy)`."""
    state = state_of(container, now)
    if state.status is Status.CREATED:
        return "Created"
    if state.status is not Status.RUNNING:
        word = "Exited" if state.status is Status.EXITED else "Restarting"
        return f"{word} ({state.exit_code}) {since(container['ended'] or container['started'], now)} ago"
    up = f"Up {since(container['started'], now)}"
    if state.health is None:
        return up
    return f"{up} (health: starting)" if state.health is Health.STARTING else f"{up} ({state.health})"


def _restarts(policy: str, code: int) -> bool:
    """Whether Docker starts it again and again; `on-failure:N` gives up, and is shown when it has."""
    return policy in ("always", "unless-stopped") or (policy == "on-failure" and code != 0)


def _health(container: Mapping[str, Any], behaviour: Behaviour, now: datetime) -> Health | None:
    if not container["healthcheck"]:
        return None
    if now < datetime.fromisoformat(container["settles"]):
        return Health.STARTING
    return Health.UNHEALTHY if behaviour is Behaviour.UNHEALTHY else Health.HEALTHY
