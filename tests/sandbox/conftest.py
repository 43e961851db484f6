from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sandbox.store import Store
from sandbox.world import Pace, Ports, World
from tests.sandbox.hosts import Host


class Clock:
    """A clock that stands still until it is turned."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def turn(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def world(tmp_path: Path, clock: Clock) -> Iterator[World]:
    """A world in memory where nothing takes time and the clock stands still."""
    ports = Ports(
        dokploy=1, github=2, git=3, registry=4, ingress=5, openbao=6, openbao_cluster=7, control=8, oidc=9
    )
    store = Store(None)
    yield World(
        root=tmp_path,
        ports=ports,
        store=store,
        ca_file=tmp_path / "ca.pem",
        pace=Pace(queue_delay=0, build=0, start=0),
        now=clock,
    )
    store.close()


@pytest.fixture
def host(world: World, tmp_path: Path) -> Host:
    """A Docker host whose registry has `postgres:17.6`."""
    found = Host(world, tmp_path)
    found.registry.publish("docker.io/library/postgres:17.6", {})
    return found
