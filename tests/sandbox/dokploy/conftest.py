"""An emulator without sockets, and what it talks to."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from sandbox.dokploy import create_app, seed_key
from sandbox.world import World
from tests.sandbox.dokploy.git_server import GitServer
from tests.sandbox.dokploy.rig import KEY, Rig
from tests.sandbox.dokploy.stubs import YesDocker


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def rig(world: World) -> AsyncIterator[Rig]:
    seed_key(world, KEY)
    docker = YesDocker()
    rig = Rig(world=world, docker=docker, app=create_app(world, docker))
    yield rig
    await rig.close()


@pytest.fixture
def git_server(tmp_path: Path) -> Iterator[GitServer]:
    with GitServer(tmp_path) as server:
        yield server
