"""`docker compose up -d`."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.engine.behaviour import PRINTS
from sandbox.engine.blueprint import Blueprint
from sandbox.engine.containers import Wanted
from sandbox.engine.errors import DaemonError, NotReady
from sandbox.engine.lifecycle import Status
from sandbox.engine.parts import Parts
from sandbox.engine.project import Condition, Project, Service
from sandbox.engine.protocol import Kind, Log
from sandbox.engine.resources import Resources
from sandbox.engine.waiting import completed, healthy, running_or_healthy, wait_for


@dataclass(frozen=True, kw_only=True)
class UpOptions:
    """Flags of `up`.

    Attributes:
        build: build even when the image is there.
        remove_orphans: remove containers of services that the file no longer has.
        wait: return only when all are running or healthy.
        wait_timeout: seconds for that, `None` for ever.
        force_recreate: make new containers even when nothing changed.
        pull: `always`, `missing` or `never`; `None` leaves it to the services.
    """

    build: bool = False
    remove_orphans: bool = False
    wait: bool = False
    wait_timeout: float | None = None
    force_recreate: bool = False
    pull: str | None = None


class Up:
    """One `up` of one project.

    Args:
        parts: the host.
        project: the file.
        path: where it lies.
        root: the folder that builds may read.
        log: takes the output.
    """

    def __init__(self, parts: Parts, project: Project, *, path: Path, root: Path, log: Log) -> None:
        self._parts = parts
        self._project = project
        self._path = path
        self._root = root
        self._log = log
        self._images: dict[str, dict[str, Any]] = {}

    async def run(self, options: UpOptions) -> None:
        """Bring the project up. Raises `EngineError` where Docker stops, with what was done until then."""
        services = self._project.in_order()
        for service in services:
            self._images[service.name] = await self._image(service, options)
        resources = Resources(self._parts, self._log)
        resources.ensure_networks(self._project)
        resources.ensure_volumes(self._project)
        self._orphans(options)
        for service in services:
            self._create(service, options)
        for service in services:
            await self._start(service)
        if options.wait:
            await self._wait(services, options.wait_timeout)

    async def _image(self, service: Service, options: UpOptions) -> dict[str, Any]:
        name = service.image or f"{self._project.name}-{service.name}"
        images = self._parts.images
        local = images.find(name)
        if service.build is not None and (options.build or local is None):
            await self._parts.builder.build(
                self._project, service, folder=self._path.parent, root=self._root, log=self._log
            )
            local = images.find(name)
        elif (options.pull or service.pull_policy) == "always" or local is None:
            local = self._pull(name, options.pull or service.pull_policy)
        if local is None:
            raise DaemonError(f"No such image: {name}")
        return local

    def _pull(self, name: str, policy: str) -> dict[str, Any] | None:
        if policy == "never":
            return None
        self._log(f" Image {name} Pulling ")
        try:
            image = self._parts.images.pull(name)
        except DaemonError as error:
            self._log(f" Image {name} Error {str(error).removeprefix('Error response from daemon: ')}")
            raise
        self._log(f" Image {name} Pulled ")
        return image

    def _orphans(self, options: UpOptions) -> None:
        orphans = [
            c
            for c in self._parts.containers.of(self._project.name, Kind.COMPOSE)
            if c["service"] not in self._project.services
        ]
        if options.remove_orphans:
            for orphan in orphans:
                self._remove(orphan)
        elif orphans:
            names = " ".join(c["name"] for c in orphans)
            self._log(
                f"Found orphan containers ([{names}]) for this project. If you removed or renamed this"
                " service in your compose file, you can run this command with the --remove-orphans flag to"
                " clean it up."
            )

    def _create(self, service: Service, options: UpOptions) -> None:
        blueprint = Blueprint(self._project, self._path)
        there = self._parts.containers.of(self._project.name, Kind.COMPOSE, service=service.name)
        for extra in there[service.replicas :]:
            self._remove(extra)
        for number in range(1, service.replicas + 1):
            wanted = blueprint.wanted(service, number, self._images[service.name])
            former = there[number - 1] if number <= len(there) else None
            if former is None:
                self._log(f" Container {wanted.name} Creating ")
                self._parts.containers.create(wanted)
                self._log(f" Container {wanted.name} Created ")
            elif options.force_recreate or _differs(former, wanted):
                self._log(f" Container {former['name']} Recreate ")
                self._parts.containers.remove(former["id"])
                self._parts.containers.create(wanted)
                self._log(f" Container {former['name']} Recreated ")
            elif self._parts.containers.state(former).status is Status.RUNNING:
                self._log(f" Container {former['name']} Running ")

    async def _start(self, service: Service) -> None:
        await self._dependencies(service)
        for container in self._parts.containers.of(self._project.name, Kind.COMPOSE, service=service.name):
            if self._parts.containers.state(container).status in (Status.RUNNING, Status.RESTARTING):
                continue
            self._log(f" Container {container['name']} Starting ")
            Resources(self._parts, self._log).check_attachable(container)
            self._parts.containers.start(container["id"])
            self._log(f" Container {container['name']} Started ")
            if says := container["labels"].get(PRINTS):
                self._log(f"{service.name}-1  | {says}")

    async def _dependencies(self, service: Service) -> None:
        for name, dependency in sorted(service.depends_on.items()):
            if dependency.condition is Condition.STARTED or name not in self._project.services:
                continue
            rows = self._parts.containers.of(self._project.name, Kind.COMPOSE, service=name)
            for row in rows:
                self._log(f" Container {row['name']} Waiting ")
            try:
                await self._dependency(name, dependency.condition, rows)
            except NotReady as error:
                if dependency.required:
                    raise
                self._log(f'optional dependency "{name}" failed to start: {error}')

    async def _dependency(self, name: str, condition: Condition, rows: list[dict[str, Any]]) -> None:
        ids = [row["id"] for row in rows]
        if condition is Condition.HEALTHY:
            try:
                await wait_for(self._parts.containers, ids, healthy)
            except NotReady as error:
                for row in rows:
                    self._log(f" Container {row['name']} Error {error}")
                raise NotReady(f"dependency failed to start: {error}") from None
            for row in rows:
                self._log(f" Container {row['name']} Healthy ")
            return
        await wait_for(self._parts.containers, ids, completed)
        for row in rows:
            code = self._parts.containers.state(row).exit_code
            if code:
                raise NotReady(f'service "{name}" didn\'t complete successfully: exit {code}')
            self._log(f" Container {row['name']} Exited ")

    async def _wait(self, services: list[Service], limit: float | None) -> None:
        judged = []
        for service in services:
            awaited = self._project.is_awaited_to_complete(service.name)
            rows = self._parts.containers.of(self._project.name, Kind.COMPOSE, service=service.name)
            judged += [(row, completed if awaited else running_or_healthy) for row in rows]
        for row, _ in judged:
            self._log(f" Container {row['name']} Waiting ")
        for row, judge in judged:
            await wait_for(self._parts.containers, [row["id"]], judge, limit=limit)
            self._log(f" Container {row['name']} {'Exited' if judge is completed else 'Healthy'} ")

    def _remove(self, container: Mapping[str, Any]) -> None:
        for word in ("Stopping", "Stopped", "Removing"):
            self._log(f" Container {container['name']} {word} ")
        self._parts.containers.remove(container["id"])
        self._log(f" Container {container['name']} Removed ")


def _differs(former: Mapping[str, Any], wanted: Wanted) -> bool:
    return bool(former["config_hash"] != wanted.config_hash or former["image_id"] != wanted.image_id)
