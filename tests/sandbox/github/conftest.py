import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.github.app import create_app
from sandbox.store import Store
from sandbox.world import Ports, World

TOKEN = "the-token"
REPOSITORY = "/repos/zitian-party/finance_report"
Call = Callable[..., httpx.Response]


@pytest.fixture
def world(tmp_path: Path) -> World:
    names = ["dokploy", "github", "git", "registry", "ingress", "openbao", "openbao_cluster", "control"]
    return World(
        root=tmp_path,
        ports=Ports(**dict.fromkeys(names, 1)),
        store=Store(None),
        ca_file=tmp_path / "ca.pem",
        now=lambda: datetime(2026, 11, 23, 12, tzinfo=UTC),
    )


@pytest.fixture
def call(world: World) -> Call:
    """Ask the sandbox's GitHub: `call("GET", "/user")`, with the right token unless `token` says otherwise."""
    app = create_app(world, token=TOKEN)

    def ask(method: str, path: str, *, token: str | None = TOKEN, **more: Any) -> httpx.Response:
        async def once() -> httpx.Response:
            transport = httpx.ASGITransport(app=app)
            async with httpx.AsyncClient(
                transport=transport, base_url="http://github.sandbox/api/v3"
            ) as client:
                headers = {"Authorization": f"Bearer {token}"} if token else {}
                return await client.request(method, path, headers=headers, **more)

        return asyncio.run(once())

    return ask
