"""An emulator that scenarios talk to."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette

from sandbox.dokploy import create_app
from sandbox.dokploy.call import Server
from sandbox.dokploy.procedures import PROCEDURES
from sandbox.world import World
from tests.sandbox.dokploy.stubs import YesDocker

KEY = "the-key"
WEB = "services:\n  web:\n    image: nginx\n"


@dataclass(kw_only=True)
class Rig:
    """One emulator and a client with a key."""

    world: World
    docker: YesDocker
    app: Starlette
    key: str = KEY
    client: httpx.AsyncClient = field(init=False)

    def __post_init__(self) -> None:
        self._connect()

    def _connect(self) -> None:
        transport = httpx.ASGITransport(self.app)
        self.client = httpx.AsyncClient(transport=transport, base_url="http://dokploy/api/")

    def restart(self, *, vault_transport: httpx.AsyncBaseTransport | None = None) -> None:
        """Another process on the same store."""
        self.server.queue.stop()
        self.app = create_app(self.world, self.docker, vault_transport=vault_transport)
        self._connect()

    async def close(self) -> None:
        self.server.queue.stop()
        await self.client.aclose()

    @property
    def server(self) -> Server:
        server: Server = self.app.state.server
        return server

    async def ask(self, procedure: str, **fields: Any) -> httpx.Response:
        """Call with the verb that the procedure has."""
        headers = {"x-api-key": self.key}
        known = PROCEDURES.get(procedure)
        if known is not None and known.method == "GET":
            return await self.client.get(procedure, params=fields, headers=headers)
        return await self.client.post(procedure, json=fields, headers=headers)

    async def ok(self, procedure: str, **fields: Any) -> Any:
        """The answer to a call that has to succeed; `None` for an empty one."""
        answer = await self.ask(procedure, **fields)
        assert answer.status_code == 200, answer.text
        return answer.json() if answer.content else None

    async def refused(self, procedure: str, status: int, **fields: Any) -> str:
        """The message of a call that has to fail."""
        answer = await self.ask(procedure, **fields)
        assert answer.status_code == status, answer.text
        return str(answer.json()["message"])

    async def project(self, name: str = "finance_report", **fields: Any) -> dict[str, Any]:
        made: dict[str, Any] = await self.ok("project.create", name=name, **fields)
        return made

    async def compose(self, *, environment: str | None = None, **settings: Any) -> dict[str, Any]:
        """A raw compose service with settings, in a new project unless told otherwise."""
        if environment is None:
            environment = (await self.project())["environment"]["environmentId"]
        created = {"appName": "app", "sourceType": "raw"}
        created |= {name: settings.pop(name) for name in ("composeType", "appName") if name in settings}
        row = await self.ok("compose.create", name="app", environmentId=environment, **created)
        settings = {"composeFile": WEB, **settings}
        updated: dict[str, Any] = await self.ok("compose.update", composeId=row["composeId"], **settings)
        return updated

    async def deploy(self, compose: dict[str, Any], *, again: bool = False) -> dict[str, Any]:
        """The record of a deployment that has ended."""
        procedure = "compose.redeploy" if again else "compose.deploy"
        await self.ok(procedure, composeId=compose["composeId"])
        await self.server.queue.idle()
        return (await self.records(compose))[0]

    async def records(self, compose: dict[str, Any]) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = await self.ok("deployment.allByCompose", composeId=compose["composeId"])
        return rows

    async def started(self) -> None:
        """Let the queue start what it can."""
        while any(job.task is not None and job.started is None for job in self.server.queue.jobs()):  # noqa: ASYNC110
            await asyncio.sleep(0)

    async def log(self, record: dict[str, Any]) -> str:
        return str(await self.ok("deployment.readLogs", deploymentId=record["deploymentId"], tail=1000))

    def code(self, compose: dict[str, Any], name: str = "") -> Path:
        return self.server.state.code_folder(compose["appName"]) / name
