"""A compose file with everything in it resolved, the same for `docker compose` and `docker stack`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Condition(StrEnum):
    """What a dependant waits for."""

    STARTED = "service_started"
    HEALTHY = "service_healthy"
    COMPLETED = "service_completed_successfully"


@dataclass(frozen=True, kw_only=True)
class Dependency:
    """One `depends_on` entry."""

    condition: Condition = Condition.STARTED
    required: bool = True


@dataclass(frozen=True, kw_only=True)
class Build:
    """How a service's image is made.

    Attributes:
        context: folder, relative to the compose file, or a URL.
        dockerfile: relative to the context.
        inline: the Dockerfile's text, when the compose file holds it.
        args: build arguments by name.
        labels: of the image.
    """

    context: str
    dockerfile: str = "Dockerfile"
    inline: str | None = None
    args: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Mount:
    """A mount; `kind` is `volume`, `bind` or `tmpfs`, `source` a volume's key or a path."""

    kind: str
    source: str
    target: str
    read_only: bool = False


@dataclass(frozen=True, kw_only=True)
class Update:
    """`deploy.update_config`, with Swarm's defaults."""

    order: str = "stop-first"
    failure_action: str = "pause"


@dataclass(frozen=True, kw_only=True)
class Service:
    """One service.

    Attributes:
        image: as written, `None` when it is only built.
        environment: what the container gets.
        labels: of the container.
        service_labels: `deploy.labels`, which only a stack has.
        networks: aliases by the network's key.
        depends_on: by service.
        restart: `no`, `always`, `unless-stopped`, `on-failure`, `on-failure:N`.
        healthcheck: whether the file sets one; `None` leaves it to the image, `False` switches it off.
        replicas: how many containers.
        settings: the whole resolved mapping, for the hash that tells a change.
    """

    name: str
    image: str | None
    build: Build | None = None
    container_name: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    service_labels: Mapping[str, str] = field(default_factory=dict)
    networks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    mounts: tuple[Mount, ...] = ()
    depends_on: Mapping[str, Dependency] = field(default_factory=dict)
    restart: str = "no"
    healthcheck: bool | None = None
    replicas: int = 1
    pull_policy: str = "missing"
    host_network: bool = False
    update: Update = field(default_factory=Update)
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Network:
    """A network the file declares, `name` being its real one."""

    key: str
    name: str
    external: bool = False
    driver: str = "bridge"
    attachable: bool = False
    internal: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Volume:
    """A volume the file declares, `name` being its real one."""

    key: str
    name: str
    external: bool = False
    driver: str = "local"
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Project:
    """The whole file."""

    name: str
    services: Mapping[str, Service]
    networks: Mapping[str, Network]
    volumes: Mapping[str, Volume]

    def in_order(self) -> list[Service]:
        """Services with what they depend on first, else by name."""
        done: dict[str, Service] = {}

        def visit(service: Service) -> None:
            if service.name in done:
                return
            for name in sorted(service.depends_on):
                if name in self.services:
                    visit(self.services[name])
            done[service.name] = service

        for name in sorted(self.services):
            visit(self.services[name])
        return list(done.values())

    def is_awaited_to_complete(self, service: str) -> bool:
        """Whether another service waits for this one's end."""
        return any(
            other.depends_on[service].condition is Condition.COMPLETED
            for other in self.services.values()
            if service in other.depends_on
        )
