"""Networks and volumes of a compose project: who made one owns it, which decides what `down` takes away."""

from collections.abc import Mapping
from typing import Any

from sandbox.engine.errors import DaemonError, EngineError
from sandbox.engine.networks import SWARM
from sandbox.engine.parts import Parts
from sandbox.engine.project import Network, Project, Volume
from sandbox.engine.protocol import Log

PROJECT = "com.docker.compose.project"
NETWORK = "com.docker.compose.network"
VOLUME = "com.docker.compose.volume"


class Resources:
    """Makes what a project needs and does not have.

    Args:
        parts: the host.
        log: takes the output.
    """

    def __init__(self, parts: Parts, log: Log) -> None:
        self._parts = parts
        self._log = log

    def ensure_networks(self, project: Project) -> None:
        """Make the networks that a service uses.

        An external one is not looked for: on a swarm node Compose leaves that to a container's start.
        """
        used = {key for service in project.services.values() for key in service.networks}
        for network in project.networks.values():
            if network.key in used and not network.external:
                self._ensure_network(project, network)

    def ensure_volumes(self, project: Project) -> None:
        """Make the volumes that a service mounts. Raises `EngineError` when an external one is missing."""
        used = {m.source for s in project.services.values() for m in s.mounts if m.kind == "volume"}
        for volume in project.volumes.values():
            if volume.key not in used:
                continue
            if not volume.external:
                self._ensure_volume(project, volume)
            elif self._parts.volumes.get(volume.name) is None:
                raise EngineError(f'external volume "{volume.name}" not found')

    def check_attachable(self, container: Mapping[str, Any]) -> None:
        """Refuse a container whose networks are missing or not for containers. Raises `DaemonError`."""
        for name in container["networks"]:
            network = self._parts.networks.get(name)
            why = None
            if network is None:
                why = f"code = NotFound desc = network {name} not found"
            elif network["scope"] == SWARM and not network["attachable"]:
                why = f"code = PermissionDenied desc = network {name} not manually attachable"
            if why:
                raise DaemonError(f"Could not attach to network {name}: rpc error: {why}")

    def _ensure_network(self, project: Project, network: Network) -> None:
        there = self._parts.networks.get(network.name)
        if there is not None:
            if there["labels"].get(PROJECT) != project.name:
                self._warn(
                    f"a network with name {network.name} exists but was not created for project"
                    f' "{project.name}".\nSet `external: true` to use an existing network'
                )
            return
        for word in ("Creating", "Creating"):
            self._log(f" Network {network.name} {word} ")
        self._parts.networks.create(
            network.name,
            driver=network.driver,
            attachable=network.attachable,
            internal=network.internal,
            labels={**network.labels, PROJECT: project.name, NETWORK: network.key},
        )
        for word in ("Created", "Created"):
            self._log(f" Network {network.name} {word} ")

    def _ensure_volume(self, project: Project, volume: Volume) -> None:
        there = self._parts.volumes.get(volume.name)
        if there is None:
            self._log(f" Volume {volume.name} Creating ")
            self._parts.volumes.create(
                volume.name,
                labels={**volume.labels, PROJECT: project.name, VOLUME: volume.key},
                driver=volume.driver,
            )
            self._log(f" Volume {volume.name} Created ")
            return
        owner = there["labels"].get(PROJECT)
        if owner is None:
            self._warn(
                f'volume "{volume.name}" already exists but was not created by Docker Compose. Use'
                " `external: true` to use an existing volume"
            )
        elif owner != project.name:
            self._warn(
                f'volume "{volume.name}" already exists but was created for project "{owner}" (expected'
                f' "{project.name}"). Use `external: true` to use an existing volume'
            )

    def _warn(self, message: str) -> None:
        quoted = message.replace('"', '\\"').replace("\n", "\\n")
        self._log(f'time="{self._parts.state.now:%Y-%m-%dT%H:%M:%SZ}" level=warning msg="{quoted}"')
