import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from sandbox.dokploy import create_app, seed_key
from sandbox.dokploy.call import Server
from sandbox.store import Store
from sandbox.world import Pace, Ports, World
from tests.sandbox.dokploy.git_server import GitServer
from tests.sandbox.dokploy.stubs import YesDocker

KEY = "the-key"


@dataclass(kw_only=True)
class Rig:
    """An emulator without sockets; `run` plays an async scenario against it."""

    world: World
    docker: YesDocker
    app: Starlette
    key: str = KEY
    client: httpx.AsyncClient = field(init=False)

    def __post_init__(self) -> None:
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app),
            base_url="http://dokploy/api/",
            headers={"x-api-key": KEY},
        )

    @property
    def server(self) -> Server:
        server: Server = self.app.state.server
        return server

    def run(self, scenario: Callable[[], Awaitable[None]]) -> None:
        async def play() -> None:
            try:
                await scenario()
            finally:
                self.server.queue.stop()
                await self.client.aclose()

        asyncio.run(play())

    async def get(self, procedure: str, **query: Any) -> httpx.Response:
        return await self.client.get(procedure, params=query, headers={"x-api-key": self.key})

    async def post(self, procedure: str, **body: Any) -> httpx.Response:
        return await self.client.post(procedure, json=body, headers={"x-api-key": self.key})

    async def ok(self, procedure: str, **fields: Any) -> Any:
        """The JSON of an answer that has to be 200; names of queries are known by their verb."""
        kind = self.get if procedure.split(".")[1] in QUERIES else self.post
        answer = await kind(procedure, **fields)
        assert answer.status_code == 200, answer.text
        return answer.json() if answer.content else None

    async def compose(self, **settings: Any) -> dict[str, Any]:
        """A new compose service in a new project."""
        made = await self.ok("project.create", name="finance_report")
        created = {k: settings.pop(k) for k in ("composeType", "appName") if k in settings}
        row = await self.ok(
            "compose.create",
            name="app",
            environmentId=made["environment"]["environmentId"],
            sourceType="raw",
            **{"appName": "app", **created},
        )
        settings = {"composeFile": "services:\n  web:\n    image: nginx\n", **settings}
        updated: dict[str, Any] = await self.ok("compose.update", composeId=row["composeId"], **settings)
        return updated

    async def deployed(self, compose: dict[str, Any], *, procedure: str = "compose.deploy") -> dict[str, Any]:
        """The record of a deployment that has ended."""
        await self.ok(procedure, composeId=compose["composeId"])
        await self.server.queue.idle()
        rows: list[dict[str, Any]] = await self.ok("deployment.allByCompose", composeId=compose["composeId"])
        return rows[0]

    async def log_of(self, deployment: dict[str, Any]) -> str:
        return str(await self.ok("deployment.readLogs", deploymentId=deployment["deploymentId"], tail=1000))

    def code(self, compose: dict[str, Any], name: str) -> Path:
        return self.server.state.code_folder(compose["appName"]) / name


QUERIES = {
    *("one", "all", "search", "byProjectId", "byComposeId", "byApplicationId", "allByCompose", "allByType"),
    *(
        "readLogs",
        "queueList",
        "getDefaultCommand",
        "getConvertedCompose",
        "loadServices",
        "get",
        "getConfig",
    ),
    *("getDokployVersion", "listByServiceId", "getContainersByAppNameMatch", "getStackContainersByAppName"),
}


@pytest.fixture
def rig(world: World) -> Rig:
    seed_key(world, KEY)
    docker = YesDocker()
    return Rig(world=world, docker=docker, app=create_app(world, docker))


@pytest.fixture
def git_server(tmp_path: Path) -> Iterator[GitServer]:
    with GitServer(tmp_path) as server:
        yield server
