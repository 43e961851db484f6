"""What a swarm service should be."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class ServiceSpec:
    """A service's spec, as far as the sandbox acts on it.

    Attributes:
        image: what its tasks run, pinned to a digest where a registry knew one.
        labels: of the service; a change makes no new tasks. Traefik reads them.
        container_labels: of its tasks' containers.
        networks: aliases by the network's real name.
        mounts: as `docker inspect` shows them.
        healthcheck: `None` leaves it to the image.
        order: `start-first` or `stop-first`.
        failure_action: `pause`, `continue` or `rollback`.
        other: the rest of the file's settings, so that a change of them is a change.
        forced: counts `--force`.
    """

    image: str
    env: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    container_labels: Mapping[str, str] = field(default_factory=dict)
    networks: Mapping[str, Sequence[str]] = field(default_factory=dict)
    mounts: Sequence[Mapping[str, Any]] = ()
    healthcheck: bool | None = None
    replicas: int = 1
    order: str = "stop-first"
    failure_action: str = "pause"
    other: Mapping[str, Any] = field(default_factory=dict)
    forced: int = 0

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "ServiceSpec":
        """The spec in a row of `engine.services`."""
        return cls(**document)

    def as_document(self) -> dict[str, Any]:
        """The spec as a row of `engine.services` holds it."""
        document: dict[str, Any] = json.loads(json.dumps(asdict(self), default=str))
        return document

    @property
    def task_hash(self) -> str:
        """Of what concerns the tasks: another one means new tasks."""
        document = self.as_document()
        for only_of_the_service in ("labels", "replicas", "order", "failure_action"):
            del document[only_of_the_service]
        return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()
