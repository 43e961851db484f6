"""A real Engine with a registry of the sandbox's own, without the rest of a sandbox."""

import asyncio
import base64
import json
import os
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import uvicorn

from sandbox.certificates import Authority
from sandbox.docker import EngineDocker, connection, setup
from sandbox.docker.belongings import Belongings
from sandbox.docker.clearing import Clearing
from sandbox.docker.mirror import Mirror
from sandbox.docker.preparation import Preparation
from sandbox.docker.releases import Releases
from sandbox.engine.networks import DOKPLOY_NETWORK
from sandbox.folder import Folder
from sandbox.registry import create_app
from sandbox.store import Store
from sandbox.world import Pace, Ports, World
from tests.sandbox.docker.fakes import FakeEngine
from tests.sandbox.hosts import Done

PASSWORD = "pass"
PATIENCE = 120
PYTHON = "docker.io/library/python:3.13.7-slim"
DOCKERFILE = f"""
FROM {PYTHON}
HEALTHCHECK --interval=1s --timeout=5s \\
  CMD python -c "import socket; socket.create_connection(('127.0.0.1', 8000))"
CMD ["python", "-m", "http.server", "--directory", "/www", "8000"]
ARG VERSION
RUN mkdir /www && echo "${{VERSION}}" > /www/version
ARG GIT_COMMIT
LABEL org.opencontainers.image.revision="${{GIT_COMMIT}}"
"""


@dataclass(kw_only=True)
class Rig:
    """An Engine as one sandbox sees it, and what a test does with it."""

    world: World
    docker: EngineDocker
    mirror: Mirror
    place: Path
    name: str = field(default_factory=lambda: f"strata-{uuid4().hex[:8]}")

    async def running(
        self, *argv: str, cwd: Path | None = None, env: Mapping[str, str] | None = None
    ) -> Done:
        own = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        lines: list[str] = []
        code = await self.docker.run(
            argv, cwd=cwd or self.place, env={**own, **(env or {})}, log=lines.append
        )
        return Done(code=code, lines=lines)

    def run(self, *argv: str, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> Done:
        """One command; a hanging one raises `TimeoutError`."""
        return asyncio.run(asyncio.wait_for(self.running(*argv, cwd=cwd, env=env), PATIENCE))

    def up(self, app: str, text: str, *flags: str) -> Done:
        """`compose up` as Dokploy runs it."""
        folder = self.folder(app, text)
        words = ["compose", "-p", app, "-f", "docker-compose.yml", "up", "-d", "--build", "--remove-orphans"]
        return self.run(*words, *flags, cwd=folder)

    def deploy(self, app: str, text: str, **env: str) -> Done:
        """`stack deploy` as Dokploy runs it, until it has converged."""
        folder = self.folder(app, text)
        words = ["stack", "deploy", "-c", "docker-compose.yml", app, "--prune", "--with-registry-auth"]
        return self.run(*words, "--detach=false", cwd=folder, env=env)

    def folder(self, app: str, text: str) -> Path:
        folder = self.place / app
        folder.mkdir(exist_ok=True)
        (folder / "docker-compose.yml").write_text(text)
        return folder

    def clear(self) -> list[str]:
        """Remove what the test made; names of what is left."""
        client = connection.connect()
        left = Clearing(client, self.docker.belongings, self.mirror).clear(volumes=True)
        client.close()
        return left


@pytest.fixture(scope="session")
def listening() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as found:
        yield found


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Folder]:
    """A sandbox's, with an Engine made ready for it, which is as it was afterwards."""
    made = Folder(tmp_path_factory.mktemp("site") / "sandbox")
    made.make()
    before = _prepared()
    try:
        setup.prepare(made, print)
        yield made
    finally:
        with closing(connection.connect()) as client:
            assert Preparation(client, made.made_in_engine).undo(print) == []
        assert _prepared() == before


@pytest.fixture(scope="session")
def site(folder: Folder, listening: socket.socket) -> Iterator[Path]:
    """The folder with its registry served and images in it, for all tests here."""
    root = folder.root.parent
    port = listening.getsockname()[1]
    pair = base64.b64encode(f"strata:{PASSWORD}".encode()).decode()
    config = {"auths": {f"127.0.0.1:{port}": {"auth": pair}}}
    (folder.docker_host / "config.json").write_text(json.dumps(config))
    pem = Authority(folder).issue(["127.0.0.1"])
    store = Store(None)
    app = create_app(_world(folder.root, store, port), password=PASSWORD)
    mirror = Mirror(host=f"127.0.0.1:{port}")
    settings = uvicorn.Config(
        app, log_config=None, lifespan="off", ssl_certfile=pem, ssl_keyfile=pem, timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(settings)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        _publish(folder, mirror, root)
        _forget_images(mirror)  # so that they have to be pulled
        yield folder.root
    finally:
        server.should_exit = True
        thread.join()
        _forget_images(mirror)
        store.close()


@pytest.fixture
def rig(site: Path, listening: socket.socket, tmp_path: Path) -> Iterator[Rig]:
    port = listening.getsockname()[1]
    store = Store(None)
    world = _world(tmp_path, store, port)
    mirror = Mirror(host=f"127.0.0.1:{port}")
    docker = EngineDocker(
        world,
        mirror=mirror,
        config=site / "docker-host",
        address=connection.address(),
        connect=connection.connect,
    )
    docker.start()
    made = Rig(world=world, docker=docker, mirror=mirror, place=tmp_path)
    try:
        yield made
        assert made.clear() == []
    finally:
        made.clear()
        asyncio.run(docker.stop())
        store.close()


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[EngineDocker]:
    """A host without an Engine."""
    store = Store(None)
    yield EngineDocker(
        _world(tmp_path, store, 1),
        mirror=Mirror(host="127.0.0.1:1"),
        config=tmp_path,
        address="unix:///nowhere",
        connect=FakeEngine,
    )
    store.close()


def _world(root: Path, store: Store, port: int) -> World:
    ports = Ports(**{**dict.fromkeys(Ports.__dataclass_fields__, 1), "registry": port})
    return World(root=root, ports=ports, store=store, ca_file=root / "ca.pem", pace=Pace(queue_delay=0))


def _prepared() -> tuple[str, str, list[str]]:
    """What `setup.prepare` may change in the Engine: the swarm, this node in it, Dokploy's network."""
    with closing(connection.connect()) as client:
        swarm = client.info()["Swarm"]
        networks = [n["Id"] for n in client.networks(names=[DOKPLOY_NETWORK])]
        return swarm["LocalNodeState"], swarm["NodeID"], networks


def _forget_images(mirror: Mirror) -> None:
    client, store = connection.connect(), Store(None)
    Clearing(client, Belongings(store), mirror).clear(volumes=False, images=True)
    client.close()
    store.close()


def _publish(folder: Folder, mirror: Mirror, root: Path) -> None:
    source = root / "source"
    source.mkdir()
    (source / "Dockerfile").write_text(DOCKERFILE)
    environment: dict[str, Any] = {"DOCKER_CONFIG": str(folder.docker_host)}
    releases = Releases(mirror, environment, say=print)
    for version in ("v1", "v2"):
        releases.publish(version, sources={"ghcr.io/strata/small": source})
