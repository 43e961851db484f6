"""The container that a service of a compose project asks for."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sandbox.engine.behaviour import behaviour_of
from sandbox.engine.containers import Wanted
from sandbox.engine.project import Project, Service
from sandbox.engine.protocol import Kind

_NOT_HASHED = frozenset({"build", "depends_on", "profiles", "pull_policy", "scale"})
"""What Compose leaves out of a container's config hash: a change there makes no new container."""


class Blueprint:
    """Containers of one project.

    Args:
        project: the file.
        path: where it lies.
    """

    def __init__(self, project: Project, path: Path) -> None:
        self._project = project
        self._path = path

    def wanted(self, service: Service, number: int, image: Mapping[str, Any]) -> Wanted:
        """The service's container of this number from a row of `engine.images`."""
        networks = {self._project.networks[key].name: aliases for key, aliases in service.networks.items()}
        mounts = [self._mount(m.kind, m.source, m.target, read_only=m.read_only) for m in service.mounts]
        own = {**image["labels"], **service.labels}
        config_hash = _hash(service, [sorted(networks), mounts])
        return Wanted(
            name=service.container_name or f"{self._project.name}-{service.name}-{number}",
            app=self._project.name,
            kind=Kind.COMPOSE,
            service=service.name,
            image=service.image or f"{self._project.name}-{service.name}",
            image_id=image["id"],
            labels={**own, **self._compose_labels(service, image["id"], config_hash, number)},
            env={**image["env"], **service.environment},
            behaviour=behaviour_of(own, awaited=self._project.is_awaited_to_complete(service.name)),
            networks={name: [*aliases, service.name] for name, aliases in networks.items()},
            mounts=mounts,
            healthcheck=image["healthcheck"] if service.healthcheck is None else service.healthcheck,
            restart=service.restart,
            config_hash=config_hash,
        )

    def _compose_labels(
        self, service: Service, image_id: str, config_hash: str, number: int
    ) -> dict[str, str]:
        waits = ",".join(
            f"{name}:{dependency.condition}:false" for name, dependency in sorted(service.depends_on.items())
        )
        return {
            "com.docker.compose.config-hash": config_hash,
            "com.docker.compose.container-number": str(number),
            "com.docker.compose.depends_on": waits,
            "com.docker.compose.image": image_id,
            "com.docker.compose.oneoff": "False",
            "com.docker.compose.project": self._project.name,
            "com.docker.compose.project.config_files": str(self._path),
            "com.docker.compose.project.working_dir": str(self._path.parent),
            "com.docker.compose.service": service.name,
            "com.docker.compose.version": "5.6.1",
        }

    def _mount(self, kind: str, source: str, target: str, *, read_only: bool) -> dict[str, Any]:
        name = self._project.volumes[source].name if kind == "volume" and source else ""
        return {
            "Type": kind,
            "Name": name,
            "Source": name or source,
            "Destination": target,
            "RW": not read_only,
        }


def _hash(service: Service, *more: Any) -> str:
    settings = {k: v for k, v in service.settings.items() if k not in _NOT_HASHED}
    text = json.dumps([settings, dict(service.environment), more], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
