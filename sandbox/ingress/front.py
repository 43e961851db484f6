"""One port for HTTP and TLS: a connection whose first byte is 0x16 begins with a TLS handshake.

A real ingress has port 80 and 443; the sandbox's clients are told one `host:port` for both.
"""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

from starlette.types import ASGIApp

from sandbox.servers import Server, config

ContextFor = Callable[[str], ssl.SSLContext]

_HANDSHAKE = b"\x16"
_CHUNK = 65536
_UNNAMED = "localhost"


async def serve_ingress(app: ASGIApp, listening: socket.socket, *, context_for: ContextFor) -> None:
    """Serve until cancelled.

    Args:
        app: what answers; the scope's scheme says which protocol it was.
        listening: a listening socket.
        context_for: a server's TLS context for one host name; asked once for each name that a client gives
            (SNI). A host without a route has a certificate, too: TLS comes before routing.
    """
    async with contextlib.AsyncExitStack() as stack:
        plain = await stack.enter_async_context(_server(app, None))
        secure = await stack.enter_async_context(_server(app, _by_name(context_for)))
        front = _Front(plain, secure)
        server = await asyncio.start_server(front.connected, sock=listening)
        stack.push_async_callback(front.hang_up)
        stack.callback(server.close)
        await server.serve_forever()


def _by_name(context_for: ContextFor) -> ssl.SSLContext:
    """A context that becomes the one of the name that a client asks for."""
    known: dict[str, ssl.SSLContext] = {}
    context = context_for(_UNNAMED)

    def choose(connection: ssl.SSLSocket | ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
        if name:
            if name not in known:
                known[name] = context_for(name)
            connection.context = known[name]

    context.sni_callback = choose
    return context


@contextlib.asynccontextmanager
async def _server(app: ASGIApp, context: ssl.SSLContext | None) -> AsyncIterator[int]:
    """An HTTP server on a port that nobody else knows; gives the port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        factory = (lambda _config, _default: context) if context else None
        server = Server(config(app, ssl_context_factory=factory))
        task = asyncio.create_task(server.serve(sockets=[listening]))
        while not server.started and not task.done():  # noqa: ASYNC110  # uvicorn offers no event for it
            await asyncio.sleep(0.005)
        try:
            yield listening.getsockname()[1]
        finally:
            server.should_exit = True
            await asyncio.gather(task, return_exceptions=True)


class _Front:
    """Passes connections on.

    Args:
        plain: port of the HTTP server.
        secure: port of the TLS server.
    """

    def __init__(self, plain: int, secure: int) -> None:
        self._plain = plain
        self._secure = secure
        self._clients: set[asyncio.Task[None]] = set()

    async def hang_up(self) -> None:
        """Leave all clients."""
        for client in self._clients:
            client.cancel()
        await asyncio.gather(*self._clients, return_exceptions=True)

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One client, until either side hangs up."""
        task = asyncio.current_task()
        if task is not None:
            self._clients.add(task)
            task.add_done_callback(self._clients.discard)
        inner: asyncio.StreamWriter | None = None
        try:
            first = await reader.read(1)
            if first:
                port = self._secure if first == _HANDSHAKE else self._plain
                answers, inner = await asyncio.open_connection("127.0.0.1", port)
                inner.write(first)
                await _either(_copy(reader, inner), _copy(answers, writer))
        except OSError:
            writer.transport.abort()
        finally:
            for stream in (writer, inner):
                if stream is not None:
                    stream.close()


async def _either(*copies: Coroutine[Any, Any, None]) -> None:
    """Run both directions until one ends: HTTP has no use for a connection that is half closed."""
    tasks = [asyncio.ensure_future(copy) for copy in copies]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while chunk := await reader.read(_CHUNK):
        writer.write(chunk)
        await writer.drain()
