"""Containers of the host, those of compose projects and those of the swarm's tasks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sandbox.engine.behaviour import Behaviour
from sandbox.engine.errors import DaemonError
from sandbox.engine.lifecycle import ContainerState, Status, describe, state_of
from sandbox.engine.protocol import Kind
from sandbox.engine.state import State

SHORT = 12
NODE = "sandbox"
_PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A container to be made.

    Attributes:
        app: compose project or stack.
        image: the reference as written; `image_id` is what it means now.
        networks: aliases by the network's real name.
        config_hash: of what it was made from; another one means another container.
        task: of the swarm task that it belongs to.
    """

    name: str
    app: str
    kind: Kind
    service: str
    image: str
    image_id: str
    labels: Mapping[str, str]
    env: Mapping[str, str]
    behaviour: Behaviour
    networks: Mapping[str, Sequence[str]] = field(default_factory=dict)
    mounts: Sequence[Mapping[str, Any]] = ()
    healthcheck: bool = False
    restart: str = "no"
    config_hash: str = ""
    task: str | None = None


class Containers:
    """The container table of one host, keyed by id.

    Args:
        state: the engine's tables.
    """

    def __init__(self, state: State) -> None:
        self._state = state

    def create(self, wanted: Wanted) -> dict[str, Any]:
        """Make a container, not yet started. Raises `DaemonError` when its name is taken."""
        clash = next(iter(self._state.containers.where(name=wanted.name)), None)
        if clash is not None:
            raise DaemonError(
                f'Conflict. The container name "/{wanted.name}" is already in use by container'
                f' "{clash["id"]}". You have to remove (or rename) that container to be able to reuse that'
                " name."
            )
        row: dict[str, Any] = {
            "id": self._state.new_id(f"container {wanted.name}"),
            "name": wanted.name,
            "app": wanted.app,
            "kind": str(wanted.kind),
            "service": wanted.service,
            "image": wanted.image,
            "image_id": wanted.image_id,
            "labels": dict(wanted.labels),
            "env": dict(wanted.env),
            "networks": {name: list(aliases) for name, aliases in wanted.networks.items()},
            "mounts": [dict(m) for m in wanted.mounts],
            "healthcheck": wanted.healthcheck,
            "restart": wanted.restart,
            "behaviour": str(wanted.behaviour),
            "config_hash": wanted.config_hash,
            "task": wanted.task,
            "created": self._state.stamp(),
            "started": None,
            "settles": None,
            "ended": None,
            "exit_code": 0,
        }
        self._state.containers.put(row["id"], row)
        return row

    def start(self, container_id: str) -> None:
        """Start it; does nothing when it runs."""
        row = self._state.containers.get(container_id)
        if row is None or self.state(row).status in (Status.RUNNING, Status.RESTARTING):
            return
        self._state.containers.patch(
            container_id,
            started=self._state.stamp(),
            settles=self._state.stamp(self._state.world.pace.start),
            ended=None,
            exit_code=0,
        )

    def stop(self, container_id: str, *, exit_code: int = 0) -> None:
        """Stop it; one that ended by itself keeps its exit code."""
        row = self._state.containers.get(container_id)
        if row is None or row["started"] is None or row["ended"] is not None:
            return
        state = self.state(row)
        code = exit_code if state.status is Status.RUNNING else state.exit_code
        self._state.containers.patch(container_id, ended=self._state.stamp(), exit_code=code)

    def remove(self, container_id: str) -> None:
        """Remove it, running or not."""
        self._state.containers.delete(container_id)

    def of(self, app: str, kind: str, *, service: str | None = None) -> list[dict[str, Any]]:
        """The containers of a compose project or stack, oldest first."""
        rows = self._state.containers.where(app=app, kind=str(kind))
        return [row for row in rows if service in (None, row["service"])]

    def state(self, row: Mapping[str, Any]) -> ContainerState:
        """What state it is in now."""
        return state_of(row, self._state.now)

    def find(self, container_id: str) -> dict[str, Any] | None:
        """The container with this id, start of an id, or name."""
        wanted = container_id.removeprefix("/")
        return next((row for row in self._all() if wanted and _is(row, wanted)), None)

    def rows(self, app_name: str) -> list[dict[str, Any]]:
        """Compose containers with this text in their name, newest first, as `docker ps -a` finds them."""
        found = [row for row in self._all() if row["kind"] == Kind.COMPOSE and app_name in row["name"]]
        return [
            {
                "containerId": row["id"][:SHORT],
                "name": row["name"],
                "state": str(self.state(row).status),
                "status": describe(row, self._state.now),
            }
            for row in reversed(found)
        ]

    def inspect(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """As `docker inspect` shows it; the environment's values included."""
        state = self.state(row)
        shown: dict[str, Any] = {
            "Status": str(state.status),
            "Running": state.status in (Status.RUNNING, Status.RESTARTING),
            "Paused": False,
            "Restarting": state.status is Status.RESTARTING,
            "OOMKilled": False,
            "Dead": False,
            "ExitCode": state.exit_code,
            "Error": "",
            "StartedAt": row["started"] or "0001-01-01T00:00:00Z",
            "FinishedAt": row["ended"] or "0001-01-01T00:00:00Z",
        }
        if state.health is not None and state.status is not Status.CREATED:
            shown["Health"] = {"Status": str(state.health), "FailingStreak": 0, "Log": []}
        return {
            "Id": row["id"],
            "Created": row["created"],
            "State": shown,
            "Image": row["image_id"],
            "Name": f"/{row['name']}",
            "RestartCount": 1 if state.status is Status.RESTARTING else 0,
            "HostConfig": {"RestartPolicy": {"Name": row["restart"], "MaximumRetryCount": 0}},
            "Mounts": row["mounts"],
            "Config": {
                "Hostname": row["id"][:SHORT],
                "Env": [*(f"{k}={v}" for k, v in row["env"].items()), _PATH],
                "Image": row["image"],
                "Labels": row["labels"],
            },
            "NetworkSettings": {
                "Networks": {
                    name: {
                        "Aliases": [row["name"], *aliases, row["id"][:SHORT]],
                        "NetworkID": (self._state.networks.get(name) or {}).get("id", ""),
                    }
                    for name, aliases in row["networks"].items()
                }
            },
        }

    def table(self) -> list[dict[str, Any]]:
        """All containers for onlookers: of the environment only the names."""
        return [
            {
                "id": row["id"],
                "name": row["name"],
                "app": row["app"],
                "kind": row["kind"],
                "service": row["service"],
                "image": row["image"],
                "image_id": row["image_id"],
                "labels": row["labels"],
                "env": sorted(row["env"]),
                "networks": row["networks"],
                "mounts": row["mounts"],
                "task": row["task"],
                "created": row["created"],
                "state": str(self.state(row).status),
                "health": self.state(row).health and str(self.state(row).health),
                "exit_code": self.state(row).exit_code,
            }
            for row in self._all()
        ]

    def _all(self) -> Iterator[dict[str, Any]]:
        yield from self._state.containers.where()


def _is(row: Mapping[str, Any], wanted: str) -> bool:
    return bool(row["name"] == wanted or row["id"].startswith(wanted))
