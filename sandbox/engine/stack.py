"""`docker stack deploy` and `docker stack rm`."""

import asyncio
from dataclasses import dataclass
from typing import Any

from sandbox.engine.errors import DaemonError, EngineError
from sandbox.engine.networks import SWARM
from sandbox.engine.parts import Parts
from sandbox.engine.progress import Progress
from sandbox.engine.project import Network, Project, Service
from sandbox.engine.protocol import Log
from sandbox.engine.spec import ServiceSpec
from sandbox.engine.swarm import Swarm
from sandbox.engine.tasks import STACK
from sandbox.engine.waiting import POLL
from sandbox.registry.reference import InvalidReference, Reference

_IMAGE = "com.docker.stack.image"


@dataclass(frozen=True, kw_only=True)
class StackOptions:
    """Flags of `stack deploy`.

    Attributes:
        prune: remove services that the file no longer has.
        detach: return before the services have converged, which is the command's default.
    """

    prune: bool = False
    detach: bool = True


class Stack:
    """One stack of the host's swarm.

    Args:
        parts: the host.
        swarm: its services.
        name: the stack's.
        log: takes the output.
    """

    def __init__(self, parts: Parts, swarm: Swarm, *, name: str, log: Log) -> None:
        self._parts = parts
        self._swarm = swarm
        self._name = name
        self._log = log

    async def deploy(self, project: Project, options: StackOptions) -> None:
        """Bring the stack to what the file says.

        Not detached, it ends when all services have converged, so also after a rollback: exit code 0.
        A service whose first tasks fail never converges: Docker waits until it is removed, and this as well.

        Raises:
            EngineError: where Docker stops; what was done until then stays.
        """
        if options.detach:
            self._log("Since --detach=false was not specified, tasks will be created in the background.")
            self._log("In a future release, --detach=false will become the default.")
        if options.prune:
            self._prune(project)
        self._networks(project)
        ids = [self._deploy_service(project, service) for service in project.services.values()]
        if not options.detach:
            for service_id in ids:
                await self._converge(service_id)

    def remove(self) -> None:
        """Remove services and networks. Raises `EngineError` when a network is used by something else."""
        services = self._swarm.of_stack(self._name)
        networks = [n for n in self._parts.state.networks.where() if n["labels"].get(STACK) == self._name]
        if not services and not networks:
            self._log(f"Nothing found in stack: {self._name}")
            return
        stays = services[0]["name"] if services and self._parts.one_stays(self._name) else None
        for service in services:
            self._log(f"Removing service {service['name']}")
            if service["name"] != stays:
                self._swarm.remove(service["name"])
        failed = False
        for network in networks:
            self._log(f"Removing network {network['name']}")
            try:
                self._parts.networks.remove(network["name"])
            except DaemonError as error:
                if stays is None:
                    failed = True
                    self._log(f"Failed to remove network {network['id']}: {error}")
        if failed:
            raise EngineError(f"Failed to remove some resources from stack: {self._name}")

    def _prune(self, project: Project) -> None:
        wanted = {f"{self._name}_{service}" for service in project.services}
        for service in self._swarm.of_stack(self._name):
            if service["name"] not in wanted:
                self._log(f"Removing service {service['name']}")
                self._swarm.remove(service["name"])

    def _networks(self, project: Project) -> None:
        used = {key for service in project.services.values() for key in service.networks}
        for key in sorted(used):
            if key not in project.networks:
                raise EngineError(f'undefined network "{key}"')
        declared = [network for network in project.networks.values() if network.key in used]
        for network in declared:
            if network.external:
                self._check_external(network)
        for network in declared:
            there = self._parts.networks.get(network.name)
            if network.external or (there and there["labels"].get(STACK) == self._name):
                continue
            self._log(f"Creating network {network.name}")
            try:
                self._parts.networks.create(
                    network.name,
                    driver=network.driver,
                    attachable=network.attachable,
                    internal=network.internal,
                    labels={**network.labels, STACK: self._name},
                )
            except DaemonError as error:
                raise EngineError(f"failed to create network {network.name}: {error}") from None

    def _check_external(self, network: Network) -> None:
        there = self._parts.networks.get(network.name)
        if there is None:
            raise EngineError(
                f'network "{network.name}" is declared as external, but could not be found. You need to'
                " create a swarm-scoped network before the stack is deployed"
            )
        if there["scope"] != SWARM:
            raise EngineError(
                f'network "{network.name}" is declared as external, but it is not in the right scope:'
                f' "{there["scope"]}" instead of "swarm"'
            )

    def _deploy_service(self, project: Project, service: Service) -> str:
        name = f"{self._name}_{service.name}"
        there = self._swarm.get(name)
        spec = self._spec(project, service, there)
        if there is None:
            self._log(f"Creating service {name}")
            return str(self._swarm.create(name, spec, stack=self._name)["id"])
        self._log(f"Updating service {name} (id: {there['id']})")
        return str(self._swarm.update(name, spec)["id"])

    def _spec(self, project: Project, service: Service, there: dict[str, Any] | None) -> ServiceSpec:
        written = service.image or ""
        mounts = [
            {
                "Type": m.kind,
                "Name": project.volumes[m.source].name
                if m.kind == "volume" and m.source in project.volumes
                else "",
                "Source": m.source,
                "Destination": m.target,
                "RW": not m.read_only,
            }
            for m in service.mounts
        ]
        return ServiceSpec(
            image=self._pinned(written),
            env=service.environment,
            labels={**service.service_labels, _IMAGE: written, STACK: self._name},
            container_labels={**service.labels, STACK: self._name},
            networks={
                project.networks[key].name: [*aliases, service.name]
                for key, aliases in service.networks.items()
            },
            mounts=mounts,
            healthcheck=service.healthcheck,
            replicas=service.replicas,
            order=service.update.order,
            failure_action=service.update.failure_action,
            other=_settings_of_tasks(service),
            forced=there["spec"]["forced"] if there else 0,
        )

    def _pinned(self, image: str) -> str:
        """The image with the digest that its registry knows; as it is, with a warning, if none does."""
        try:
            reference = Reference.parse(image)
        except InvalidReference as error:
            raise EngineError(f"{error}") from None
        if reference.digest:
            return image
        try:
            found = self._parts.images.pull(image)
        except DaemonError:
            for line in (
                f"image {image} could not be accessed on a registry to record",
                f"its digest. Each node will access {image} independently,",
                "possibly leading to different nodes running different",
                "versions of the image.",
                "",
            ):
                self._log(line)
            return image
        digest = next(d for d in found["digests"] if d.startswith(f"{reference.repository}@"))
        return f"{reference.familiar}@{digest.rpartition('@')[2]}"

    async def _converge(self, service_id: str) -> None:
        progress = Progress(self._swarm, self._log)
        while not progress.look(service_id):  # noqa: ASYNC110  # time decides an update, no event
            await asyncio.sleep(POLL)


def _settings_of_tasks(service: Service) -> dict[str, Any]:
    """What of the file reaches the tasks, beyond what has a field of its own."""
    settings = {k: v for k, v in service.settings.items() if k not in ("depends_on", "env_file")}
    deploy = dict(settings.pop("deploy", None) or {})
    for only_of_the_service in (
        "labels",
        "replicas",
        "update_config",
        "rollback_config",
        "mode",
        "endpoint_mode",
    ):
        deploy.pop(only_of_the_service, None)
    return {**settings, "deploy": deploy, "image": None}
