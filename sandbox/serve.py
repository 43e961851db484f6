"""The daemon: all parts of the sandbox in one event loop, OpenBao as its child."""

import asyncio
import logging
import os
import signal
import socket
from dataclasses import asdict
from typing import Any

from starlette.types import ASGIApp

from sandbox import credentials, dokploy, environment, ports, registry
from sandbox.baseline import Baseline
from sandbox.certificates import Authority
from sandbox.code import fingerprint
from sandbox.control import Parts
from sandbox.control import create_app as control_app
from sandbox.docker import EngineDocker, connection
from sandbox.docker.mirror import Mirror
from sandbox.engine.host import SimulatedDocker
from sandbox.errors import NotRunning, PortTaken, StartFailed
from sandbox.folder import VERSION, Engine, Folder
from sandbox.git import Repository
from sandbox.git import create_app as git_app
from sandbox.github.app import create_app as github_app
from sandbox.ingress import create_app as ingress_app
from sandbox.ingress import serve_ingress
from sandbox.ingress.proxy import Proxy
from sandbox.oidc import Runs, Signer
from sandbox.oidc import create_app as oidc_app
from sandbox.openbao import ACTIVE, OpenBao
from sandbox.servers import Servers
from sandbox.store import Store
from sandbox.world import World

_log = logging.getLogger(__name__)

_SCHEMES = {
    "dokploy": "http",
    "github": "http",
    "git": "http",
    "registry": "https",
    "ingress": "http",
    "openbao": "http",
    "control": "http",
    "oidc": "http",
}
_OPENBAOS = {"openbao", "openbao_cluster"}
"""The ports that OpenBao itself listens on."""


def run(folder: Folder) -> None:
    """Serve until SIGTERM or SIGINT.

    Raises:
        SandboxError: a part did not start, or ended by itself.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for talkative in ("httpx", "uvicorn"):
        logging.getLogger(talkative).setLevel(logging.WARNING)
    folder.pid.write_text(str(os.getpid()))
    try:
        asyncio.run(_Daemon(folder).run())
    finally:
        folder.pid.unlink(missing_ok=True)


async def removed(folder: Folder, *, step: float = 2.0) -> None:
    """Return when the folder is gone: nobody could stop this daemon by its pid file any more.

    Args:
        folder: of the sandbox.
        step: seconds between two looks.
    """
    while folder.is_there:  # noqa: ASYNC110  # a file system has no event for it
        await asyncio.sleep(step)


class _Daemon:
    """One sandbox: what its parts share, and the parts."""

    def __init__(self, folder: Folder) -> None:
        known = ports.remembered(folder)
        if known is None:
            raise NotRunning(f"{folder.root} has no ports yet. Start the sandbox with `make sandbox`.")
        self._folder = folder
        self._code = fingerprint()
        self._ports = known
        self._sockets = _listening({n: p for n, p in asdict(known).items() if n not in _OPENBAOS})
        self._secrets = credentials.load(folder)
        self._world = World(root=folder.root, ports=known, store=Store(folder.store), ca_file=folder.ca)
        self._openbao = OpenBao(folder, known)
        self._servers = Servers()
        self._authority = Authority(folder)
        self._runs = Runs(self._world.store)
        self._images = registry.RegistryStore(self._world)
        self._real = self._engine() if folder.engine is Engine.DOCKER else None
        self._docker = self._real or SimulatedDocker(self._world, self._images, login=self._may_log_in)
        self._repository = Repository(self._world)
        self._dokploy = dokploy.create_app(self._world, self._docker)
        self._baseline = Baseline(
            folder,
            world=self._world,
            openbao=self._openbao,
            refs=self._repository.refs,
            set_refs=self._repository.set_refs,
            stop=self._stop_work,
        )

    async def run(self) -> None:
        """Serve until a signal comes or a part ends by itself."""
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        if not self._folder.seeded.exists():
            self._seed()
        self._openbao.clear_away()
        if self._real:
            self._real.start()
        self._start_servers()
        try:
            await self._openbao.start()
            _log.info("serving %s", self._folder.root)
            reasons = [asyncio.create_task(stop.wait()), asyncio.create_task(removed(self._folder))]
            ended, _ = await asyncio.wait(
                [*reasons, *self._servers.tasks], return_when=asyncio.FIRST_COMPLETED
            )
            if not ended & set(reasons):
                raise StartFailed(
                    f"These parts ended by themselves: {', '.join(t.get_name() for t in ended)}."
                )
        finally:
            dokploy.restart(self._dokploy)
            await self._servers.stop()
            if self._real:
                await self._real.stop()
            self._openbao.stop()
            self._world.store.close()

    def _seed(self) -> None:
        """What is there before the administrator comes."""
        if self._real is None:
            registry.seed(self._images)
        self._repository.seed()
        dokploy.seed_key(self._world, self._secrets.dokploy_api_key)

    def _start_servers(self) -> None:
        start = self._servers.start
        start("dokploy", self._dokploy, self._sockets["dokploy"])
        start("github", self._github(), self._sockets["github"])
        start("git", git_app(self._world), self._sockets["git"])
        start(
            "registry",
            registry.create_app(self._world, password=self._secrets.registry_password),
            self._sockets["registry"],
            tls=self._authority.issue(["127.0.0.1", "localhost"]),
        )
        ingress = serve_ingress(
            self._router(),
            self._sockets["ingress"],
            context_for=lambda name: self._authority.context([name]),
        )
        self._servers.join("ingress", ingress)
        issuer = environment.oidc_issuer(self._ports)
        signer = Signer(self._folder)
        start("oidc", oidc_app(self._world, self._runs, signer, issuer=issuer), self._sockets["oidc"])
        start("control", control_app(self._world, self._control()), self._sockets["control"])

    def _github(self) -> ASGIApp:
        return github_app(
            self._world,
            token=self._secrets.github_token,
            app_key=self._secrets.github_app_public_key,
        )

    def _router(self) -> ASGIApp:
        if self._real is None:
            return ingress_app(self._world, self._docker)
        routes = self._real.routes
        return ingress_app(self._world, self._docker, Proxy(routes.address), tables=routes.tables)

    def _engine(self) -> EngineDocker:
        return EngineDocker(
            self._world,
            mirror=Mirror(host=environment.registry_mirror(self._ports)),
            config=self._folder.docker_host,
            address=connection.address(),
            connect=connection.connect,
        )

    def _control(self) -> Parts:
        return Parts(
            status=self._status,
            engine=self._docker.tables,
            images=self._images,
            repository=self._repository,
            oidc=self._runs,
            reset=self._baseline.restore,
            keep=self._baseline.keep,
        )

    async def _status(self) -> dict[str, Any]:
        healthy = {name: self._servers.answers(name) for name in _SCHEMES if name != "openbao"}
        healthy["openbao"] = await self._openbao.health() == ACTIVE
        return {
            "root": str(self._folder.root),
            "version": VERSION,
            "code": self._code,
            "engine": self._folder.engine,
            "pid": os.getpid(),
            "parts": [
                {"name": name, "url": f"{scheme}://127.0.0.1:{port}", "healthy": healthy[name]}
                for name, scheme in _SCHEMES.items()
                for port in [getattr(self._ports, name)]
            ],
        }

    def _may_log_in(self, username: str, password: str) -> bool:
        """Like GHCR, which looks at the token and takes any user name with it."""
        return bool(username) and password == self._secrets.registry_password

    async def _stop_work(self) -> None:
        """End the deployments that run, and await their last words: a restored store must not hear them."""
        jobs = self._dokploy.state.server.queue.jobs()
        dokploy.restart(self._dokploy)
        await asyncio.gather(*(job.task for job in jobs if job.task), return_exceptions=True)
        if self._real:
            await self._real.clear()


def _listening(wanted: dict[str, int]) -> dict[str, socket.socket]:
    """A socket for each part, before anything else is done: a taken port is said at once."""
    found = {}
    for name, port in wanted.items():
        try:
            found[name] = ports.listen(port)
        except OSError as error:
            raise PortTaken(f"127.0.0.1 port {port} ({name}): {error.strerror}") from None
    return found
