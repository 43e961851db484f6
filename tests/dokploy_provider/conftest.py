from collections.abc import Iterator

import pytest

from dokploy_provider.client import Client
from dokploy_provider.context import Context
from dokploy_provider.timing import Timing
from tests.dokploy_provider.clocks import HurriedClock
from tests.dokploy_provider.server import KEY, Dokploy
from tests.dokploy_provider.stage import Stage


@pytest.fixture(scope="session")
def _served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dokploy]:
    server = Dokploy(tmp_path_factory.mktemp("dokploy"))
    yield server
    server.close()


@pytest.fixture
def dokploy(_served: Dokploy) -> Iterator[Dokploy]:
    """An empty Dokploy 0.30.2."""
    _served.reset()
    yield _served
    _served.reset()


@pytest.fixture
def here(dokploy: Dokploy) -> Iterator[Context]:
    """The provider's context on it, in a hurry."""
    clock = HurriedClock().clock()
    client = Client(url=dokploy.url, key=KEY, clock=clock)
    yield Context(
        client=client,
        clock=clock,
        timing=Timing(poll=0.5, max_age=0.0),
        registry_password="registry-password",
    )
    client.close()


@pytest.fixture
def stage(dokploy: Dokploy, here: Context) -> Stage:
    """A server on which parents are made as they are asked for."""
    return Stage(dokploy, here)
