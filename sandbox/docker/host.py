"""A Docker host that runs what it is told: `docker` on this machine's Engine, as Dokploy on its own."""

import asyncio
import contextlib
import logging
import os
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from docker.errors import DockerException

from sandbox.docker import connection, rows
from sandbox.docker.argv import Command, translate
from sandbox.docker.belongings import Belongings
from sandbox.docker.clearing import Clearing
from sandbox.docker.ending import end
from sandbox.docker.mirror import Mirror
from sandbox.docker.routes import Routes
from sandbox.docker.watch import Client, Snapshot, Watch
from sandbox.engine.networks import DOKPLOY_NETWORK
from sandbox.engine.protocol import Kind, Log
from sandbox.errors import EngineNotEmptied, EngineUnfit
from sandbox.world import World

_log = logging.getLogger(__name__)

_NO_ERROR = "Error:"  # Dokploy 0.30 cuts Docker's output and leaves the last row's heading
_CHUNK = 65536
_OTHERS = (
    "{0} is a compose project, stack or service in this Engine already, and this sandbox did not make it:"
    " nothing was done. Deploy under another name, or remove that one first."
)
_NOT_FOUND = 127  # a shell's exit code for a command that is not there


class EngineDocker:
    """A `DockerHost` on a real Engine.

    Args:
        world: store and clock.
        mirror: the sandbox's registry.
        config: the folder of Docker's command line: credentials, plugins.
        address: of the Engine, as `DOCKER_HOST` has it.
        connect: makes a client of its API.
        clock: by which routes to stacks grow old.
    """

    def __init__(
        self,
        world: World,
        *,
        mirror: Mirror,
        config: Path,
        address: str,
        connect: Callable[[], Client],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._world = world
        self._mirror = mirror
        self._config = config
        self._address = address
        self.watch = Watch(connect, clock=clock)
        self.belongings = Belongings(world.store)
        self.routes = Routes(self.watch, self.belongings, mirror)
        self._tables: tuple[Snapshot, int, dict[str, list[dict[str, Any]]]] | None = None
        self._running: set[asyncio.subprocess.Process] = set()

    def start(self) -> None:
        """Begin to watch. Raises `DockerException`, `OSError`."""
        self.watch.start()

    @property
    def commands(self) -> int:
        """How many commands run at this moment."""
        return len(self._running)

    async def clear(self) -> None:
        """Remove everything of this sandbox from the Engine, data included, as a reset has to.

        Raises:
            EngineNotEmptied: something stays; it is still known whose it is.
            EngineUnfit: the Engine does not answer.
        """

        def work() -> list[str]:
            with contextlib.closing(connection.connect()) as client:
                left = Clearing(client, self.belongings, self._mirror).clear(volumes=True)
            self.watch.refresh(everything=True)
            return left

        try:
            left = await asyncio.to_thread(work)
        except (DockerException, OSError) as error:
            raise EngineUnfit(f"The Docker Engine broke off while it was emptied: {error}") from None
        if left:
            raise EngineNotEmptied(f"Left in the Docker Engine: {'; '.join(left)}. Try again.")

    async def stop(self) -> None:
        """End watching and the commands that run."""
        ends = [end(process) for process in self._running]
        await asyncio.gather(asyncio.to_thread(self.watch.stop), *ends)

    async def run(self, argv: Sequence[str], *, cwd: Path, env: Mapping[str, str], log: Log) -> int:
        """Run one `docker` command; see `DockerHost.run`."""
        command = translate(argv, cwd=cwd, mirror=self._mirror)
        try:
            before = await asyncio.to_thread(self._before, command)
        except (DockerException, OSError, EngineUnfit) as error:
            log(f"The Docker Engine does not say what it holds, so nothing was done: {error}")
            return 1
        if command.app:
            if self.belongings.is_others(command.app, before):
                log(_OTHERS.format(command.app))
                return 1
            self.belongings.note(app=command.app)  # before: a command that is killed has made something, too
        try:
            code = await self._execute(command, cwd=cwd, env=env, log=log)
        except FileNotFoundError:
            log("docker: command not found")
            return _NOT_FOUND
        finally:
            await asyncio.to_thread(self._look)
        if code == 0:
            self._note_made(command, before)
        return code

    def _before(self, command: Command) -> Snapshot:
        """The Engine as far as it tells whose the names of a command are."""
        asks = command.network or command.volume or (command.app and not self.belongings.has_app(command.app))
        return self.watch.refresh(everything=True) if asks else self.watch.now

    def _note_made(self, command: Command, before: Snapshot) -> None:
        """Remember a network, a volume; `docker volume create` succeeds on somebody's volume as well."""
        if command.network and command.network not in {n["Name"] for n in before.networks}:
            self.belongings.note(network=command.network)
        if command.volume and command.volume not in {v["Name"] for v in before.volumes}:
            self.belongings.note(volume=command.volume)

    async def _execute(self, command: Command, *, cwd: Path, env: Mapping[str, str], log: Log) -> int:
        process = await asyncio.create_subprocess_exec(
            "docker",
            *command.argv,
            cwd=cwd,
            env=self.environment(env),
            stdin=asyncio.subprocess.DEVNULL if command.given is None else asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )
        self._running.add(process)
        try:
            if process.stdin and command.given is not None:
                process.stdin.write(command.given.encode())
                process.stdin.close()
            await self._pass_on(process, log)
            return await process.wait()
        finally:
            try:
                if process.returncode is None:
                    await asyncio.shield(end(process))
            finally:
                self._running.discard(process)

    def environment(self, given: Mapping[str, str]) -> dict[str, str]:
        """A command's environment: what is given, on our Engine, with the sandbox's own Docker configuration.

        Dokploy's DOCKER_CONFIG is that of its host's root; here it must not be the user's.
        """
        return {
            **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
            **given,
            "DOCKER_CONFIG": str(self._config),
            "DOCKER_HOST": self._address,
            "DOCKER_CLI_HINTS": "false",
        }

    def containers(self, app_name: str, kind: str) -> list[dict[str, Any]]:
        """Containers that are there now; see `DockerHost.containers`."""
        snapshot = self.watch.sure
        if kind != Kind.STACK:
            found = [c for c in snapshot.containers if app_name in c["Name"]]
            return [rows.listed(c) for c in sorted(found, key=lambda c: str(c["Created"]), reverse=True)]
        wanted = [t for t in rows.tasks_of(snapshot, stack=app_name) if t["DesiredState"] == "running"]
        shown = [rows.task_container(task, snapshot, self._world.now()) for task in wanted]
        if shown:
            shown[-1]["status"] += f" ({_NO_ERROR})"
        return shown

    def tasks(self, app_name: str, *, service: str | None = None) -> list[dict[str, Any]]:
        """Swarm tasks with their past; see `DockerHost.tasks`."""
        snapshot = self.watch.sure
        found = rows.tasks_of(snapshot, stack=app_name, service=service)
        shown = [rows.task(task, snapshot, self._world.now()) for task in found]
        if shown and not shown[-1]["error"]:
            shown[-1]["error"] = _NO_ERROR
        return shown

    def inspect(self, container_id: str) -> dict[str, Any] | None:
        """`docker inspect`, with the image's name as it was written."""
        wanted = container_id.removeprefix("/")
        for found in self.watch.sure.containers:
            if wanted and (found["Name"] == f"/{wanted}" or found["Id"].startswith(wanted)):
                config = {**found["Config"], "Image": self._mirror.real(found["Config"]["Image"])}
                return {**{k: v for k, v in found.items() if k != "Listed"}, "Config": config}
        return None

    def networks(self) -> list[dict[str, Any]]:
        """Dokploy's own network and those of this sandbox."""
        return self._networks(self.watch.sure)

    def volumes(self) -> list[dict[str, Any]]:
        """This sandbox's volumes."""
        return self._volumes(self.watch.sure)

    def images(self) -> list[dict[str, Any]]:
        """Images that came from the sandbox's registry, or were built for its projects."""
        return self._images(self.watch.sure)

    def _networks(self, snapshot: Snapshot) -> list[dict[str, Any]]:
        return [
            rows.network(n)
            for n in snapshot.networks
            if n["Name"] == DOKPLOY_NETWORK or self.belongings.has_network(n)
        ]

    def _volumes(self, snapshot: Snapshot) -> list[dict[str, Any]]:
        return [rows.volume(v) for v in snapshot.volumes if self.belongings.has_volume(v)]

    def _images(self, snapshot: Snapshot) -> list[dict[str, Any]]:
        return [
            rows.image(i, self._mirror)
            for i in snapshot.images
            if self.belongings.has_app(rows.app_of(i.get("Labels") or {}))
            or any(self._mirror.has(name) for name in (i.get("RepoDigests") or ()))
        ]

    def tables(self) -> dict[str, list[dict[str, Any]]]:
        """Everything of this sandbox; no variable's value is in it. Made once a snapshot."""
        snapshot, apps = self.watch.now, len(list(self.belongings.apps))
        if self._tables is None or self._tables[0] is not snapshot or self._tables[1] != apps:
            self._tables = (snapshot, apps, self._make_tables(snapshot))
        return self._tables[2]

    def _make_tables(self, snapshot: Snapshot) -> dict[str, list[dict[str, Any]]]:
        own = self.belongings.has_app
        services = [rows.service(s, snapshot, self._mirror) for s in snapshot.services]
        mine = [s for s in services if own(s["stack"])]
        names = {s["name"] for s in mine}
        tasks = [rows.task_table(t, snapshot, self._mirror) for t in snapshot.tasks]
        return {
            "containers": [
                rows.container(c, self._mirror)
                for c in snapshot.containers
                if own(rows.app_of(rows.labels_of(c)))
            ],
            "tasks": [t for t in tasks if t["service"] in names],
            "networks": self._networks(snapshot),
            "volumes": self._volumes(snapshot),
            "images": self._images(snapshot),
            "services": mine,
        }

    async def _pass_on(self, process: asyncio.subprocess.Process, log: Log) -> None:
        """Docker's output, line by line, with the names that people wrote."""
        rest = b""
        while process.stdout and (chunk := await process.stdout.read(_CHUNK)):
            *lines, rest = (rest + chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")).split(b"\n")
            for line in lines:
                log(self._mirror.real(line.decode(errors="replace")))
        if rest:
            log(self._mirror.real(rest.decode(errors="replace")))

    def _look(self) -> None:
        with contextlib.suppress(Exception):  # the poll says it, and the next look brings it
            self.watch.refresh(everything=True)
