"""Several HTTP servers in one event loop."""

import asyncio
import contextlib
import socket
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from sandbox.http import CuttableProtocol


class Server(uvicorn.Server):
    """A server that leaves signals to the daemon: several of them would fight for the handlers."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


def config(app: ASGIApp, **more: Any) -> uvicorn.Config:
    """How each part is served; `more` are uvicorn's own settings."""
    return uvicorn.Config(
        app,
        http=CuttableProtocol,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        # A client that keeps a connection must not find it closed just when it asks again.
        timeout_keep_alive=75,
        timeout_graceful_shutdown=1,
        **more,
    )


class Servers:
    """The daemon's HTTP servers, by name."""

    def __init__(self) -> None:
        self._servers: dict[str, Server] = {}
        self._others: dict[str, asyncio.Task[None]] = {}
        self._tasks: list[asyncio.Task[None]] = []

    def start(self, name: str, app: ASGIApp, listening: socket.socket, *, tls: Path | None = None) -> None:
        """Serve an app on a socket that listens already.

        Args:
            name: of the part.
            app: what answers.
            listening: the socket.
            tls: a PEM file with key and certificate; without one it is plain HTTP.
        """
        server = self._servers[name] = Server(config(app, ssl_certfile=tls, ssl_keyfile=tls))
        self._tasks.append(asyncio.create_task(server.serve(sockets=[listening]), name=f"serve {name}"))

    def join(self, name: str, serving: Coroutine[Any, Any, None]) -> None:
        """Take in a part that serves by itself until it is cancelled."""
        self._others[name] = asyncio.create_task(serving, name=f"serve {name}")

    def answers(self, name: str) -> bool:
        """Whether this part takes requests."""
        if name in self._others:
            return not self._others[name].done()
        server = self._servers.get(name)
        return server is not None and server.started and not server.should_exit

    @property
    def tasks(self) -> list[asyncio.Task[None]]:
        """One task a server; one that ends by itself is a failure."""
        return [*self._tasks, *self._others.values()]

    async def stop(self) -> None:
        """End all servers."""
        for server in self._servers.values():
            server.should_exit = True
        for task in self._others.values():
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
