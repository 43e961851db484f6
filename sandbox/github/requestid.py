"""`x-github-request-id`, which every answer of GitHub carries.

The provider takes it for the identity of what its data source `rest_api` read, and gives nothing without it
(read in terraform-provider-github 6.11.1 and seen 2026-11-23).
"""

import secrets

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class RequestIds:
    """ASGI middleware: a new identity on each answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""

        async def numbered(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["x-github-request-id"] = secrets.token_hex(16).upper()
            await send(message)

        await self._app(scope, receive, numbered)
