"""What every HTTP part of the sandbox does around its own work: note the request, act out the faults."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import cast

from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from sandbox.faults import Fault, FaultKind
from sandbox.world import World

CUT = "sandbox.cut"
"""Name of the scope extension that closes the client's connection at once."""

_STEP = 0.05  # seconds between two looks whether a slow request is let go
_INSTEAD = {FaultKind.REJECT, FaultKind.DROP_BEFORE, FaultKind.GARBAGE}
_AFTERWARDS = {FaultKind.DROP_AFTER, FaultKind.ERROR_AFTER}

PathOf = Callable[[Scope], str]
FaultAnswer = Callable[[Fault, str], Response]


class ConnectionCut(Exception):
    """The connection was to be cut, but there is none: the app runs without sockets, as in a unit test."""


class CuttableProtocol(H11Protocol):
    """uvicorn's HTTP/1.1 protocol, with the scope extension `sandbox.cut`.

    An ASGI app has no word for hanging up: whatever it raises, the server answers 500. Hence the way round
    the app, through the transport. Use as `uvicorn.Config(app, http=CuttableProtocol)`.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Remember the transport for the apps that this connection calls."""
        super().connection_made(transport)
        served = cast("ASGIApp", self.app)

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            scope.setdefault("extensions", {})[CUT] = transport.abort
            await served(scope, receive, send)

        self.app = app


def url_path(scope: Scope) -> str:
    """The URL's path, as the access log and the faults of most parts know it."""
    return str(scope["path"])


def plain_answer(fault: Fault, _path: str) -> Response:
    """A fault's status and message as JSON, for parts without an error form of their own."""
    return JSONResponse({"message": fault.message}, status_code=fault.status, headers=fault.headers)


class Watched:
    """ASGI middleware: the access log and the faults `reject` … `garbage` of one part.

    `garbage` answers status 200 with a page that is not JSON and does nothing else, as a proxy's login does.

    Args:
        app: what does the work.
        world: log and faults.
        part: the part's name in both.
        path_of: the path under which a request is logged and matched.
        answer: how the part words the answer of a fault.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        world: World,
        part: str,
        path_of: PathOf = url_path,
        answer: FaultAnswer = plain_answer,
    ) -> None:
        self._app = app
        self._world = world
        self._part = part
        self._path_of = path_of
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.monotonic()
        path = self._path_of(scope)
        status = 0

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._act(scope, receive, noting, path)
        finally:
            self._world.log.add(
                part=self._part,
                method=scope["method"],
                path=path,
                status=status,
                seconds=time.monotonic() - started,
            )

    async def _act(self, scope: Scope, receive: Receive, send: Send, path: str) -> None:
        if not self._world.faults.concern(self._part):
            # Bodies are read for the sake of faults only: an upload is passed on as it comes.
            await self._app(scope, receive, send)
            return
        body = await _whole_body(receive)
        text = scope["query_string"].decode("latin-1") + "\n" + body.decode(errors="replace")
        take = partial(self._world.faults.take, method=scope["method"])
        slow = take(part=self._part, path=path, text=text, kinds={FaultKind.SLOW})
        if slow is not None:
            await self._linger(slow.seconds)
        fault = take(part=self._part, path=path, text=text, kinds=_INSTEAD | _AFTERWARDS)
        again = _replay(body, receive)
        if fault is None:
            await self._app(scope, again, send)
            return
        if fault.kind in _AFTERWARDS:
            await self._app(scope, again, _nowhere)
        if fault.kind in (FaultKind.DROP_BEFORE, FaultKind.DROP_AFTER):
            await _cut(scope, receive)
        elif fault.kind is FaultKind.GARBAGE:
            await PlainTextResponse("<!doctype html><title>Sign in</title>")(scope, again, send)
        else:
            await self._answer(fault, path)(scope, again, send)

    async def _linger(self, seconds: float) -> None:
        """Wait that long, or until the faults are cleared."""
        faults = self._world.faults
        generation = faults.generation
        while seconds > 0 and faults.generation == generation:
            await asyncio.sleep(min(_STEP, seconds))
            seconds -= _STEP


async def _whole_body(receive: Receive) -> bytes:
    body = b""
    while True:
        message = await receive()
        body += bytes(message.get("body", b""))
        if message["type"] == "http.disconnect" or not message.get("more_body", False):
            return body


def _replay(body: bytes, receive: Receive) -> Callable[[], Awaitable[Message]]:
    """A `receive` that gives the body that was read before, then what comes."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return again


async def _nowhere(message: Message) -> None:
    """Take an answer that nobody will read."""


async def _cut(scope: Scope, receive: Receive) -> None:
    """Close the connection without an answer, and stay until the server knows it."""
    cut = scope.get("extensions", {}).get(CUT)
    if cut is None:
        raise ConnectionCut(f"{scope['method']} {scope['path']}: the connection was cut")
    cut()
    while (await receive())["type"] != "http.disconnect":
        pass
