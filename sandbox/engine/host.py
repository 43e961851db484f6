"""A Docker host that runs nothing: it keeps the books that Docker would keep."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sandbox.engine.commands import ComposeCommand, StackCommand
from sandbox.engine.errors import DaemonError, EngineError, UnknownCommand
from sandbox.engine.flags import parse
from sandbox.engine.nouns import NounCommands
from sandbox.engine.parts import Parts
from sandbox.engine.protocol import Log
from sandbox.engine.service import ServiceCommands
from sandbox.engine.state import State
from sandbox.engine.swarm import Swarm
from sandbox.registry import RegistryStore
from sandbox.world import World

_NO_ERROR = "Error:"
"""What Dokploy 0.30 shows as the error of a list's last row that has none: it cuts Docker's output."""

_SHORT_NAMES = {
    "images": ("image", "ls"),
    "pull": ("image", "pull"),
    "rmi": ("image", "rm"),
    "logs": ("container", "logs"),
}
"""Commands that have a second name below a noun."""

Login = Callable[[str, str], bool]


class SimulatedDocker:
    """A `DockerHost` whose containers behave as their images' labels say.

    Args:
        world: store, clock, pace and faults.
        registry: where images come from.
        login: whether a user and password may log in to a registry; `None` lets everybody in.
    """

    def __init__(self, world: World, registry: RegistryStore, *, login: Login | None = None) -> None:
        self._state = State(world, registry)
        self._parts = Parts(self._state)
        self._swarm = Swarm(self._parts)
        self._login = login
        self._parts.networks.ensure_dokploys()

    async def run(self, argv: Sequence[str], *, cwd: Path, env: Mapping[str, str], log: Log) -> int:
        """Run one `docker` command; see `DockerHost.run`."""
        self._parts.networks.ensure_dokploys()
        self._swarm.settle()
        try:
            await self._dispatch(argv, cwd=cwd, env=env, log=log)
        except EngineError as error:
            for line in str(error).splitlines():
                log(line)
            return error.code
        return 0

    def containers(self, app_name: str, kind: str) -> list[dict[str, Any]]:
        """Containers that are there now; see `DockerHost.containers`."""
        if kind != "stack":
            return self._parts.containers.rows(app_name)
        running = [t for t in self._tasks_of_stack(app_name) if t["desired"] == "running"]
        rows = [self._swarm.tasks.container_row(task) for task in running]
        if rows:
            rows[-1]["status"] += f" ({_NO_ERROR})"
        return rows

    def tasks(self, app_name: str, *, service: str | None = None) -> list[dict[str, Any]]:
        """Swarm tasks with their past; see `DockerHost.tasks`."""
        self._swarm.settle()
        found = self._swarm.tasks.of([service]) if service else self._tasks_of_stack(app_name)
        rows = [self._swarm.tasks.row(task) for task in found]
        if rows and not rows[-1]["error"]:
            rows[-1]["error"] = _NO_ERROR
        return rows

    def inspect(self, container_id: str) -> dict[str, Any] | None:
        """`docker inspect`; see `DockerHost.inspect`."""
        self._swarm.settle()
        row = self._parts.containers.find(container_id)
        return self._parts.containers.inspect(row) if row else None

    def networks(self) -> list[dict[str, Any]]:
        """The host's networks."""
        return self._parts.networks.rows()

    def volumes(self) -> list[dict[str, Any]]:
        """The host's volumes."""
        return self._parts.volumes.rows()

    def images(self) -> list[dict[str, Any]]:
        """The host's images."""
        return self._parts.images.rows()

    def services(self) -> list[dict[str, Any]]:
        """Swarm services for onlookers: of the environment only the names."""
        self._swarm.settle()
        return [
            {
                "id": row["id"],
                "name": row["name"],
                "stack": row["stack"],
                "image": row["spec"]["image"],
                "labels": row["spec"]["labels"],
                "env": sorted(row["spec"]["env"]),
                "networks": row["spec"]["networks"],
                "replicas": row["spec"]["replicas"],
                "running": len(self._swarm.tasks.running(row["name"])),
                "update": row["update"],
            }
            for row in self._state.services.where()
        ]

    def tables(self) -> dict[str, list[dict[str, Any]]]:
        """Everything, for onlookers; no variable's value is in it."""
        self._swarm.settle()
        return {
            "containers": self._parts.containers.table(),
            "tasks": self._state.tasks.where(),
            "networks": self.networks(),
            "volumes": self.volumes(),
            "images": self.images(),
            "services": self.services(),
        }

    def _tasks_of_stack(self, stack: str) -> list[dict[str, Any]]:
        return self._swarm.tasks.of([service["name"] for service in self._swarm.of_stack(stack)])

    async def _dispatch(self, argv: Sequence[str], *, cwd: Path, env: Mapping[str, str], log: Log) -> None:
        command, words = (argv[0], list(argv[1:])) if argv else ("", [])
        if command == "compose":
            await ComposeCommand(self._parts, cwd=cwd, env=env, log=log).run(words)
        elif command == "stack":
            await StackCommand(self._parts, self._swarm, cwd=cwd, env=env, log=log).run(words)
        elif command == "service":
            ServiceCommands(self._swarm, log).run(words)
        elif command in ("network", "volume", "image", "container"):
            NounCommands(self._parts, log).run(command, words)
        elif command in _SHORT_NAMES:
            noun, verb = _SHORT_NAMES[command]
            NounCommands(self._parts, log).run(noun, [verb, *words])
        elif command in ("login", "logout"):
            self._access(command, words, log)
        else:
            raise UnknownCommand(f"docker: unknown command: docker {command}")

    def _access(self, command: str, words: Sequence[str], log: Log) -> None:
        given = parse(
            words,
            values=frozenset({"--username", "--password"}),
            short={"-u": "--username", "-p": "--password"},
        )
        host = given.arguments[0] if given.arguments else "docker.io"
        if command == "logout":
            self._state.logins.delete(host)
            log(f"Removing login credentials for {host}")
            return
        user, password = given.one("--username") or "", given.one("--password") or ""
        if self._login is not None and not self._login(user, password):
            raise DaemonError(f'Get "https://{host}/v2/": unauthorized: authentication required')
        self._state.logins.put(host, {"username": user})
        log("Login Succeeded")
