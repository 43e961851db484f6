"""What the parts of the sandbox share: where they are, what they remember, what goes wrong."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sandbox.accesslog import AccessLog
from sandbox.faults import Faults
from sandbox.store import Store


@dataclass(frozen=True, kw_only=True)
class Ports:
    """Loopback ports; the same after a restart (`ports.json`)."""

    dokploy: int
    github: int
    git: int
    registry: int
    ingress: int
    openbao: int
    openbao_cluster: int
    control: int
    oidc: int


@dataclass
class Pace:
    """How long things take, in seconds; a test sets them to 0.

    Attributes:
        queue_delay: from a deploy call to the start of its job (real server: 0.065-0.13).
        build: added to each deployment that builds.
        start: from a container's start to healthy.
    """

    queue_delay: float = 0.1
    build: float = 0.0
    start: float = 0.0


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(kw_only=True)
class World:
    """The shared state of one sandbox.

    Attributes:
        root: its folder (`.sandbox`).
        ports: where its parts listen, all on 127.0.0.1.
        store: all documents; each part prefixes its tables with its own name (`dokploy.compose`).
        log: the access log.
        faults: what was asked to go wrong.
        pace: how long things take.
        now: the clock.
        ca_file: the sandbox's own CA certificate (PEM), trusted by its parts and by `SSL_CERT_FILE`.
    """

    root: Path
    ports: Ports
    store: Store
    ca_file: Path
    log: AccessLog = field(default_factory=AccessLog)
    faults: Faults = field(default_factory=Faults)
    pace: Pace = field(default_factory=Pace)
    now: Callable[[], datetime] = _now
