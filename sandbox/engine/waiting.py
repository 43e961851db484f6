"""Waiting for containers, as Compose does for `--wait` and for the conditions of `depends_on`."""

import asyncio
import time
from collections.abc import Callable, Sequence

from sandbox.engine.containers import Containers
from sandbox.engine.errors import NotReady
from sandbox.engine.lifecycle import ContainerState, Health, Status

POLL = 0.02
"""Seconds between two looks; with a pace of 0 nothing is ever waited for."""

Judge = Callable[[str, ContainerState], bool]
"""Takes a container's name and state; whether it is there, or raises `NotReady` when it never will be."""


def running_or_healthy(name: str, state: ContainerState) -> bool:
    """What `--wait` waits for."""
    if state.status is Status.EXITED:
        raise NotReady(f"container {name} exited ({state.exit_code})")
    if state.health is Health.UNHEALTHY:
        raise NotReady(f"container {name} is unhealthy")
    return state.is_ready


def healthy(name: str, state: ContainerState) -> bool:
    """What `condition: service_healthy` waits for."""
    if state.status is Status.RUNNING and state.health is None:
        raise NotReady(f"container {name} has no healthcheck configured")
    return running_or_healthy(name, state)


def completed(_name: str, state: ContainerState) -> bool:
    """What `condition: service_completed_successfully` waits for; the exit code is looked at afterwards."""
    return state.status is Status.EXITED


async def wait_for(
    containers: Containers, ids: Sequence[str], judge: Judge, *, limit: float | None = None
) -> None:
    """Return when all containers are there.

    A container that restarts again and again never is: as with real Docker, nothing ends the wait but
    `limit`, which the sandbox does not let pass, since nothing could change meanwhile.

    Args:
        containers: the table.
        ids: which.
        judge: whether one is there.
        limit: seconds, `None` for ever.

    Raises:
        NotReady: one never will be, or the time is up.
    """
    started = time.monotonic()
    for container_id in ids:
        while True:
            row = containers.find(container_id)
            if row is None:
                raise NotReady(f"No such container: {container_id}")
            state = containers.state(row)
            if judge(row["name"], state):
                break
            hopeless = state.status is Status.RESTARTING
            if limit is not None and (hopeless or time.monotonic() - started > limit):
                raise NotReady(f"application not healthy after {go_duration(limit)}")
            await asyncio.sleep(POLL)


def go_duration(seconds: float) -> str:
    """Whole seconds as Go prints them: `5m0s`."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}h{minutes}m{rest}s" if hours else f"{minutes}m{rest}s" if minutes else f"{rest}s"
