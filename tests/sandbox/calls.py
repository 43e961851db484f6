"""Calls to an ASGI app without sockets."""

import asyncio
from typing import Any

import httpx
from starlette.types import ASGIApp


class Caller:
    """A synchronous client of an app.

    Args:
        app: what is asked.
        base_url: scheme and host that the app sees.
    """

    def __init__(self, app: ASGIApp, *, base_url: str) -> None:
        self._app = app
        self._base_url = base_url

    def __call__(self, method: str, path: str, **fields: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(app=self._app)
            async with httpx.AsyncClient(transport=transport, base_url=self._base_url) as client:
                return await client.request(method, path, **fields)

        return asyncio.run(ask())

    def get(self, path: str, **fields: Any) -> httpx.Response:
        return self("GET", path, **fields)

    def head(self, path: str, **fields: Any) -> httpx.Response:
        return self("HEAD", path, **fields)
