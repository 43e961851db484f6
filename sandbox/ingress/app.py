"""The router as an ASGI app: by host and path to one of the containers, or Traefik's own refusals."""

import itertools
from collections.abc import Callable
from typing import Protocol

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.engine.protocol import DockerHost
from sandbox.http import Watched
from sandbox.ingress.containers import Served
from sandbox.ingress.routers import WEB, WEBSECURE, Router, Tables, find
from sandbox.world import World


class Servers(Protocol):
    """The containers behind the routers."""

    async def answer(self, router: Router, request: Request, turn: int) -> Response:
        """What one of the router's servers answers; `turn` counts up and says which."""
        ...


def create_app(
    world: World,
    docker: DockerHost,
    servers: Servers | None = None,
    *,
    tables: Callable[[], Tables] | None = None,
) -> ASGIApp:
    """The ingress; log and faults know its requests by host and path: `report.zitian.party/health`.

    Args:
        world: log and faults.
        docker: whose labels say where requests go.
        servers: what answers; `None` are the containers of a simulated host.
        tables: what of the host is known here, `None` for all of it at once.
    """
    ingress = _Ingress(tables or docker.tables, servers or _Simulated(docker))
    return Watched(ingress, world=world, part="ingress", path_of=_host_and_path)


class _Ingress:
    def __init__(self, tables: Callable[[], Tables], servers: Servers) -> None:
        self._tables = tables
        self._servers = servers
        self._turn = itertools.count()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        response = await self._answer(Request(scope, receive))
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        host, path = request.url.hostname or "", request.url.path
        entry_point = WEBSECURE if request.url.scheme == "https" else WEB
        router = find(self._tables(), entry_point=entry_point, host=host, path=path)
        if router is None:
            return PlainTextResponse("404 page not found\n", status_code=404)
        if router.redirects:
            secure = request.url.replace(scheme="https", port=None)
            return RedirectResponse(
                str(secure), status_code=301 if request.method in ("GET", "HEAD") else 308
            )
        return await self._servers.answer(router, request, next(self._turn))


class _Simulated:
    """Containers that run nothing: what the application would answer is known."""

    def __init__(self, docker: DockerHost) -> None:
        self._docker = docker

    async def answer(self, router: Router, request: Request, turn: int) -> Response:
        """The answer of `apps/backend` or `apps/frontend`."""
        chosen = router.servers[turn % len(router.servers)]
        inspected = self._docker.inspect(chosen)
        served = Served.of(inspected) if inspected else None
        if served is None or not served.listens_on(router.port):
            return PlainTextResponse("Bad Gateway", status_code=502)
        return served.answer(router.path_for_server(request.url.path))


def _host_and_path(scope: Scope) -> str:
    request = Request(scope)
    return f"{request.url.hostname or ''}{request.url.path}"
