"""What the sandbox's Dokploy needs from a Docker host: the command line and a few looks at its state.

A real Docker can take the simulated one's place by answering the same calls.
"""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

Log = Callable[[str], None]
"""Takes one line of output, without its line end."""


class Kind(StrEnum):
    """How an app's containers came to be; the values are Dokploy's `composeType`/`appType`."""

    COMPOSE = "docker-compose"
    STACK = "stack"


class DockerHost(Protocol):
    """One Docker host: a single-node swarm, as Dokploy sets it up."""

    async def run(self, argv: Sequence[str], *, cwd: Path, env: Mapping[str, str], log: Log) -> int:
        """Run one `docker` command.

        Args:
            argv: the words after `docker`, e.g. `["compose", "-p", app, "-f", file, "up", "-d"]`.
            cwd: where it runs; relative paths and `.env` are looked up there.
            env: its whole environment.
            log: takes what Docker would print, both streams in one.

        Returns:
            Docker's exit code; the reason for one other than 0 is in the log, in Docker's words.
        """
        ...

    def containers(self, app_name: str, kind: str) -> list[dict[str, Any]]:
        """Containers that are there now, as `docker.getContainersByAppNameMatch` shows them.

        Args:
            app_name: compose project or stack; matched as a part of the container's name, as Dokploy does.
            kind: a `Kind`.

        Returns:
            Rows `{containerId, name, state, status}`, for a stack also `node`.
        """
        ...

    def tasks(self, app_name: str, *, service: str | None = None) -> list[dict[str, Any]]:
        """Swarm tasks, newest first within a slot, failed and former ones included.

        Args:
            app_name: the stack (`docker.getStackContainersByAppName`).
            service: a service's full name `<app>_<service>` (`docker.getServiceContainersByAppName`).

        Returns:
            Rows `{containerId, name, state, node, currentState, error}`; `containerId` is the task's id.
        """
        ...

    def inspect(self, container_id: str) -> dict[str, Any] | None:
        """`docker inspect` of the container with this id, id prefix or name; `None` when there is none."""
        ...

    def networks(self) -> list[dict[str, Any]]:
        """Networks `{Id, Name, Driver, Scope, Internal, Attachable, Labels, Created}`, `IPAM` if known."""
        ...

    def volumes(self) -> list[dict[str, Any]]:
        """Volumes `{Name, Driver, Labels, CreatedAt}`."""
        ...

    def images(self) -> list[dict[str, Any]]:
        """Images on this host `{Id, RepoTags, RepoDigests, Labels, Created}`."""
        ...

    def tables(self) -> dict[str, list[dict[str, Any]]]:
        """Everything, for the control endpoint: containers, tasks, networks, volumes, images, services."""
        ...
