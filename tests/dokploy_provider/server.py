"""Dokploy's emulator on a simulated host, served from a thread: what the provider is tried against."""

import asyncio
import threading
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from sandbox.dokploy import create_app, restart, seed_key
from sandbox.engine.host import SimulatedDocker
from sandbox.http import CuttableProtocol
from sandbox.registry import RegistryStore
from sandbox.store import Store
from sandbox.world import Pace, Ports, World

KEY = "the-key-of-the-provider-tests"
COMMIT = "c" * 40
_NOWHERE = Ports(
    dokploy=1, github=2, git=3, registry=4, ingress=5, openbao=6, openbao_cluster=7, control=8, oidc=9
)


class Dokploy:
    """One emulator for all tests of a worker, as new after `reset`."""

    def __init__(self, root: Path) -> None:
        self.world = World(
            root=root,
            ports=_NOWHERE,
            store=Store(None),
            ca_file=root / "ca.pem",
            pace=Pace(queue_delay=0, build=0, start=0),
        )
        seed_key(self.world, KEY)
        self.registry = RegistryStore(self.world)
        self.docker = SimulatedDocker(self.world, self.registry)
        self.app = create_app(self.world, self.docker)
        config = uvicorn.Config(self.app, port=0, log_level="error", http=CuttableProtocol, lifespan="off")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        while not self._server.started:
            self._thread.join(0.01)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self._http = httpx.Client(base_url=f"{self.url}/api", headers={"x-api-key": KEY}, timeout=10)
        self._fresh = self.world.store.dump()

    def reset(self) -> None:
        """Back to an empty server without faults."""
        self.world.faults.clear()
        self._on_its_loop(lambda: restart(self.app))
        self.world.store.restore(self._fresh)
        self.world.pace.queue_delay = self.world.pace.build = self.world.pace.start = 0

    def restart(self) -> None:
        """What a restart of Dokploy does to its queue."""
        self._on_its_loop(lambda: restart(self.app))

    def close(self) -> None:
        self._http.close()
        self._server.should_exit = True
        self._thread.join(5)

    def ask(self, procedure: str, **params: str) -> Any:
        """A question beside the provider, not counted as one of its calls."""
        answer = self._http.get(f"/{procedure}", params=params)
        return answer.raise_for_status().json()

    def do(self, procedure: str, **body: Any) -> Any:
        """A change by someone else."""
        answer = self._http.post(f"/{procedure}", json=body)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def fault(self, path: str, kind: str, **fields: Any) -> None:
        self.world.faults.add(part="dokploy", path=path, kind=kind, **fields)

    def calls(self, cursor: int = 0, *, verb: str | None = None) -> list[str]:
        """Procedures asked for since then, oldest first."""
        self._http.get(
            "/health"
        )  # a request is noted when it has been answered, a moment after its asker goes on
        entries = self.world.log.since(cursor, part="dokploy")
        return [e["path"] for e in entries if verb in {None, e["method"]} and e["path"] != "health"]

    @property
    def cursor(self) -> int:
        return self.world.log.cursor

    def publish(self, name: str, *, behaviour: str = "ok", commit: str = COMMIT, **labels: str) -> str:
        """Put an image into the registry; returns `repo:tag@sha256:…`."""
        own = {"org.opencontainers.image.revision": commit, "strata.sandbox.behaviour": behaviour, **labels}
        return f"{name}@{self.registry.publish(name, own)}"

    def idle(self) -> None:
        """Wait until no deployment waits or runs."""
        loop = self._server.servers[0].get_loop()
        asyncio.run_coroutine_threadsafe(self.app.state.server.queue.idle(), loop).result(10)

    def _on_its_loop(self, work: Any) -> None:
        async def run() -> None:
            work()

        loop = self._server.servers[0].get_loop()
        asyncio.run_coroutine_threadsafe(run(), loop).result(5)
