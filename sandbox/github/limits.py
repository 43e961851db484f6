"""How many requests are left (`x-ratelimit-…`), said with every answer; none is ever refused for it here.

Who wants a used-up limit arms a fault with these headers and status 403 or 429.
"""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.world import World

LIMIT = 5_000
"""Requests an hour."""

_HOUR = 3600


class Limits:
    """ASGI middleware: counts requests of the present hour, from everybody together.

    Args:
        app: what does the work.
        world: its clock.
    """

    def __init__(self, app: ASGIApp, *, world: World) -> None:
        self._app = app
        self._world = world
        self._hour = 0
        self._used = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        hour = int(self._world.now().timestamp()) // _HOUR
        self._used = self._used + 1 if hour == self._hour else 1
        self._hour = hour

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["x-ratelimit-limit"] = str(LIMIT)
                headers["x-ratelimit-remaining"] = str(max(LIMIT - self._used, 1))
                headers["x-ratelimit-used"] = str(self._used)
                headers["x-ratelimit-reset"] = str((hour + 1) * _HOUR)
                headers["x-ratelimit-resource"] = "core"
            await send(message)

        await self._app(scope, receive, counted)
