"""`docker compose down`, `stop`, `start` and `ps`: by label, without the file."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.engine.errors import DaemonError, EngineError
from sandbox.engine.lifecycle import Status, describe
from sandbox.engine.parts import Parts
from sandbox.engine.protocol import Kind, Log
from sandbox.engine.resources import PROJECT, Resources


@dataclass(frozen=True, kw_only=True)
class DownOptions:
    """Flags of `down`: remove the volumes that the project made, and the images that it built."""

    volumes: bool = False
    images: bool = False


class Down:
    """Commands on what a project left on the host.

    Args:
        parts: the host.
        project: its name.
        log: takes the output.
    """

    def __init__(self, parts: Parts, project: str, log: Log) -> None:
        self._parts = parts
        self._project = project
        self._log = log

    def down(self, options: DownOptions) -> None:
        """Remove the project's containers and networks; what another uses stays, without an error."""
        containers = self._containers()
        stays = containers[0]["id"] if containers and self._parts.one_stays(self._project) else None
        for container in containers:
            self._stop(container, keep=container["id"] == stays)
            if container["id"] != stays:
                self._log(f" Container {container['name']} Removing ")
                self._parts.containers.remove(container["id"])
            self._log(f" Container {container['name']} Removed ")
        networks = [
            n for n in self._parts.state.networks.where() if n["labels"].get(PROJECT) == self._project
        ]
        volumes = [v for v in self._parts.state.volumes.where() if v["labels"].get(PROJECT) == self._project]
        for network in networks:
            self._remove("Network", network["name"])
        for volume in volumes if options.volumes else ():
            self._remove("Volume", volume["name"])
        if options.images:
            self._remove_images()
        if not containers and not networks and not (options.volumes and volumes):
            self._log(f'Warning: No resource found to remove for project "{self._project}".')

    def stop(self) -> None:
        """Stop the project's containers."""
        for container in self._containers():
            self._stop(container, keep=False)

    def start(self) -> None:
        """Start what was stopped. Raises `EngineError` when there is nothing, or a network is gone."""
        containers = self._containers()
        if not containers:
            raise EngineError(f'no container found for project "{self._project}": not found')
        for container in containers:
            self._log(f" Container {container['name']} Starting ")
            for name in container["networks"]:
                if self._parts.networks.get(name) is None:
                    raise DaemonError(f"network {name} not found")
            Resources(self._parts, self._log).check_attachable(container)
            self._parts.containers.start(container["id"])
            self._log(f" Container {container['name']} Started ")

    def ps(self) -> None:
        """List the project's containers that are up."""
        self._log("NAME\tIMAGE\tSERVICE\tSTATUS")
        for container in self._containers():
            if self._parts.containers.state(container).status in (Status.RUNNING, Status.RESTARTING):
                words = describe(container, self._parts.state.now)
                self._log("\t".join([container["name"], container["image"], container["service"], words]))

    def _containers(self) -> list[dict[str, Any]]:
        return self._parts.containers.of(self._project, Kind.COMPOSE)

    def _stop(self, container: Mapping[str, Any], *, keep: bool) -> None:
        self._log(f" Container {container['name']} Stopping ")
        if not keep:
            self._parts.containers.stop(container["id"])
        self._log(f" Container {container['name']} Stopped ")

    def _remove(self, what: str, name: str) -> None:
        self._log(f" {what} {name} Removing ")
        try:
            if what == "Network":
                self._parts.networks.remove(name)
            else:
                self._parts.volumes.remove(name)
        except DaemonError:
            self._log(f" {what} {name} Resource is still in use ")
        else:
            self._log(f" {what} {name} Removed ")

    def _remove_images(self) -> None:
        for image in self._parts.state.images.where():
            if image["labels"].get(PROJECT) == self._project and image["tags"]:
                name = image["tags"][0]
                self._log(f" Image {name} Removing ")
                self._parts.images.remove(name, force=False)
                self._log(f" Image {name} Removed ")
