import asyncio
import re
import time
import uuid
from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

from backend.answers import problem
from backend.lifecycle import Lifecycle
from backend.logs import logger

_HEADER = "X-Request-Id"
_WELL_FORMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
# They come every few seconds; `health` is logged when it changes.
_QUIET = frozenset({"/health", "/ready"})
_LONGEST_PATH = 200

_log = logger(__name__)


class RequestLog:
    """Gives each request an id and logs it in one line, without body, query and headers.

    Args:
        app: what answers.
        lifecycle: while it stops, connections are closed after their answer, so that none is open at the end.
        clock: in seconds.
    """

    def __init__(
        self, app: ASGIApp, *, lifecycle: Lifecycle, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self._app = app
        self._lifecycle = lifecycle
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = self._clock()
        request_id = _request_id(Headers(scope=scope).get(_HEADER))
        scope.setdefault("state", {})["request_id"] = request_id
        status: int | None = None

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers[_HEADER] = request_id
                if self._lifecycle.stopping:
                    headers["Connection"] = "close"
            await send(message)

        with bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, receive, sending)
            except asyncio.CancelledError:
                # the end of the drain, after which a server waits no longer; nothing else cancels a request
                if status is None:
                    answer = problem(503, "this process is stopping; ask again", error="stopping")
                    await answer(scope, receive, sending)
            except Exception:  # noqa: BLE001 - the last place that knows the request
                # answered already, as 500; the server would only log it again, without the id
                _log.exception("request_failed")
            finally:
                _log.log(
                    10 if scope["path"] in _QUIET else 20,
                    "request",
                    method=scope["method"],
                    path=scope["path"][:_LONGEST_PATH],
                    status=status or 500,
                    ms=round((self._clock() - started) * 1000, 1),
                )


def _request_id(sent: str | None) -> str:
    """The caller's, if it cannot be anything but an id."""
    return sent if sent and _WELL_FORMED.fullmatch(sent) else uuid.uuid4().hex
