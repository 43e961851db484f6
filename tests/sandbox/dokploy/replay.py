"""Plays a recording of the real server against the emulator and says where the answers differ.

Requests carry the recorded server's ids: each is replaced by the emulator's, learnt from earlier answers at
the same place. Polls were dropped from the recordings, so time is made by a `freeze`: a job is let go when
the next recorded answer shows its end. Things whose making was not recorded are made through the API.
"""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
from starlette.applications import Starlette

from sandbox.dokploy import restart
from sandbox.dokploy.queue import Queue
from sandbox.faults import FaultKind
from sandbox.world import World
from tests.sandbox.dokploy.recorded import (
    Row,
    all_rows,
    body_of,
    implemented,
    records_in,
    records_of_backups,
)
from tests.sandbox.dokploy.shapes import differences

_ID = re.compile(r"^[A-Za-z0-9_-]{12,64}$")
_ID_NAME = re.compile(r"(?:Id|^id|Token|^key)$")
_NANO = 21
_BREATH = 0.001
_DEPLOYS = ("compose.deploy", "compose.redeploy", "application.deploy", "application.redeploy")
_DOCKER_FAILED = ("Docker command failed", "Pulling image failed")
_OWN = ("domainId", "composeId", "applicationId", "uniqueConfigKey", "createdAt", "enabled")
_SETTINGS = ("composeFile", "env", "command", "composePath", "description", "customGitUrl", "customGitBranch")


@dataclass
class Replay:
    """One recording against one emulator.

    Attributes:
        app: the emulator.
        world: its world.
        actors: key by name; `owner` is the default.
        actor_of: which key sent the call at an index.
        rewrite: last changes to a request.
        docker_fails: told whether the next deployment fails in Docker's hands.
        before: what to do before the call at an index, because the recording left it out.
    """

    app: Starlette
    world: World
    actors: dict[str, str]
    actor_of: Callable[[int], str] = lambda _index: "owner"
    rewrite: Callable[[Row], None] = lambda _call: None
    docker_fails: Callable[[bool], None] = lambda _fails: None
    before: dict[int, Callable[["Replay"], Awaitable[None]]] = field(default_factory=dict)
    known: dict[str, str] = field(default_factory=dict)
    unlike: list[tuple[int, str, list[str]]] = field(default_factory=list)
    wording: list[tuple[int, str, list[str]]] = field(default_factory=list)
    played: int = 0
    skipped: dict[str, int] = field(default_factory=dict)
    seen: dict[str, set[str]] = field(default_factory=dict)
    restarted: bool = False
    client: httpx.AsyncClient = field(init=False)
    records: list[tuple[int, Row]] = field(init=False)
    logs: dict[str, str] = field(init=False)

    async def play(self, calls: list[Row], *, excluded: Mapping[int, str]) -> None:
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app), base_url="http://dokploy/api/"
        )
        self._freeze()
        elsewhere = records_of_backups(calls)
        self.records = [(index, row) for index, call in enumerate(calls) for row in records_in(call["res"])]
        reads = [call for call in calls if call["p"] == "deployment.readLogs"]
        self.logs = {call["req"]["deploymentId"]: call["res"] for call in reads}
        for index, call in enumerate(calls):
            if not implemented(call, elsewhere):
                self.skipped[call["p"]] = self.skipped.get(call["p"], 0) + 1
            elif index not in excluded:
                await self._play_one(index, call, calls)
        self.app.state.server.queue.stop()
        await self.client.aclose()

    async def _play_one(self, index: int, call: Row, calls: list[Row]) -> None:
        call = json.loads(json.dumps(call))
        self.rewrite(call)
        if index in self.before:
            await self.before[index](self)
        await self._adopt_missing(index, call, calls)
        if call["p"] in _DEPLOYS and call["st"] == httpx.codes.OK:
            self._foretell(call, index)
        await self._catch_up(call)
        answer = await self._send(call, self.actors[self.actor_of(index)])
        body = body_of(answer)
        self.played += 1
        if call["p"] == "user.createApiKey" and answer.status_code == httpx.codes.OK:
            self.actors["created"] = body["key"]
        self._learn(call["res"], body)
        unlike = differences(call["res"], body, values=False)
        if answer.status_code != call["st"]:
            unlike.insert(0, f"status {call['st']}, here {answer.status_code}: {str(body)[:200]}")
        if unlike:
            self.unlike.append((index, call["p"], unlike))
        elif other := differences(self._translated(call["res"]), body, values=True):
            self.wording.append((index, call["p"], other))

    async def _send(self, call: Row, key: str) -> httpx.Response:
        sent = self._translated(call["req"])
        headers = {"x-api-key": self.actors.get(key, key)}
        if call["m"] == "GET":
            query = {k: "" if v is None else str(v) for k, v in (sent or {}).items()}
            return await self.client.get(call["p"], params=query, headers=headers)
        if isinstance(sent, str):
            kind = "application/json"
            if call["st"] == 415:
                kind = call["res"]["message"].split('"')[1]
            headers["content-type"] = kind
            return await self.client.request(call["m"], call["p"], content=sent, headers=headers)
        return await self.client.request(call["m"], call["p"], json=sent or {}, headers=headers)

    def _translated(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: self._translated(item) for name, item in value.items()}
        if isinstance(value, list):
            return [self._translated(item) for item in value]
        if isinstance(value, str):
            if value in self.known:
                return self.known[value]
            for name in re.findall(r"[a-z0-9.-]+-[a-z0-9]{6}\b", value):
                value = value.replace(name, self.known.get(name, name))
        return value

    def _learn(self, recorded: Any, here: Any) -> None:
        if isinstance(recorded, dict) and isinstance(here, dict):
            for name, value in recorded.items():
                other = here.get(name)
                if isinstance(value, str) and isinstance(other, str):
                    if name == "appName" or (_ID.match(value) and _ID_NAME.search(name)):
                        self.known.setdefault(value, other)
                else:
                    self._learn(value, other)
        if isinstance(recorded, list) and isinstance(here, list) and len(recorded) == len(here):
            for value, other in zip(recorded, here, strict=True):
                self._learn(value, other)

    # time

    def _freeze(self) -> None:
        self.world.faults.add(part="dokploy", kind=FaultKind.FREEZE, times=0)

    async def _advance(self) -> None:
        """Let the running job end and the next one start."""
        for job in [job for job in self._queue.jobs() if job.started is not None][:1]:
            self.world.faults.clear()
            self._freeze()
            while job in self._queue.jobs():  # noqa: ASYNC110  # the queue has no event for each step
                await asyncio.sleep(_BREATH)
        await self._started()

    async def _started(self) -> None:
        while any(job.task is not None and job.started is None for job in self._queue.jobs()):  # noqa: ASYNC110
            await asyncio.sleep(_BREATH)

    @property
    def _queue(self) -> Queue:
        queue: Queue = self.app.state.server.queue
        return queue

    async def _catch_up(self, call: Row) -> None:
        """Bring the queue to where the recorded answer shows it."""
        rows = list(records_in(call["res"]))
        await self._started()
        if not self.restarted and any(row["status"] == "cancelled" for row in rows):
            restart(self.app)
            self.restarted = True
        if call["p"] == "deployment.queueList":
            while len(self._queue.jobs()) > len(call["res"]):
                await self._advance()
        asked = call["req"] if isinstance(call["req"], dict) and (rows or call["m"] == "GET") else {}
        named = next((asked[n] for n in ("composeId", "applicationId", "id") if n in asked), None)
        if named is None:
            return
        service = self._translated(named)
        seen = self.seen.setdefault(service, set())
        seen |= {row["deploymentId"] for row in rows}
        while self._begun(service) < min(len(seen), 11) and self._queue.jobs():
            await self._advance()
        active = any(job.started is not None and job.service_id == service for job in self._queue.jobs())
        if active and not any(row["status"] == "running" for row in rows):
            await self._advance()

    def _begun(self, service: str) -> int:
        table = self.app.state.server.state.deployment
        return len(table.where(composeId=service) + table.where(applicationId=service))

    def _foretell(self, call: Row, index: int) -> None:
        """Tell the Docker host whether the deployment that is asked for failed in Docker's hands."""
        key = call["req"].get("composeId") or call["req"]["applicationId"]
        known = {row["deploymentId"] for at, row in self.records if at < index}
        later = (row for at, row in self.records if at > index and row["deploymentId"] not in known)
        own = (row for row in later if key in (row["composeId"], row["applicationId"]))
        ended = next((row for row in own if row["status"] != "running"), None)
        log = self.logs.get(ended["deploymentId"], "") if ended else ""
        self.docker_fails(any(words in log for words in _DOCKER_FAILED))

    # what the recording left out

    async def _adopt_missing(self, index: int, call: Row, calls: list[Row]) -> None:
        if call["st"] != httpx.codes.OK or not isinstance(call["req"], dict):
            return
        for name in ("composeId", "environmentId", "projectId", "id"):
            key = call["req"].get(name)
            if isinstance(key, str) and len(key) == _NANO and key not in self.known:
                await self._adopt(key, calls[index:])

    async def _adopt(self, key: str, later: list[Row]) -> None:
        """Make the thing with this recorded id, as the first answer that shows it says."""
        rows = list(all_rows(later))
        composes = [row for row in rows if row.get("composeId") == key and "refreshToken" in row]
        homes = [row["environment"] for row in composes if "environment" in row]
        projects = [row for row in rows if row.get("projectId") == key and "organizationId" in row]
        environments = [row for row in rows if row.get("environmentId") == key and "project" in row]
        if composes:
            await self._adopt_compose({**composes[0], "environment": homes[0] if homes else None})
        elif environments:
            await self._adopt_environment(environments[0])
        elif projects:
            await self._adopt_project(projects[0])

    async def _adopt_project(self, row: Row) -> Row:
        made = await self.do("project.create", name=row["name"])
        self.known[row["projectId"]] = made["project"]["projectId"]
        environment: Row = made["environment"]
        return environment

    async def _adopt_environment(self, home: Row) -> None:
        default = None
        if home["projectId"] not in self.known:
            default = await self._adopt_project(home["project"])
        if not home["isDefault"] or default is None:
            project = self.known[home["projectId"]]
            default = await self.do("environment.create", name=home["name"], projectId=project)
        self.known[home["environmentId"]] = default["environmentId"]

    async def _adopt_compose(self, row: Row) -> None:
        if row["environmentId"] not in self.known:
            await self._adopt_environment(row["environment"])
        made = await self.do(
            "compose.create",
            name=row["name"],
            environmentId=self.known[row["environmentId"]],
            appName=row["appName"].rpartition("-")[0],
            composeType=row["composeType"],
            sourceType=row["sourceType"],
        )
        key = made["composeId"]
        self.known |= {row["composeId"]: key, row["appName"]: made["appName"]}
        settings = {name: row[name] for name in _SETTINGS}
        await self.do("compose.update", composeId=key, **settings)
        for domain in row.get("domains", ()):
            wanted = {name: value for name, value in domain.items() if name not in _OWN}
            new = await self.do("domain.create", composeId=key, **wanted)
            self.known[domain["domainId"]] = new["domainId"]
        for mount in row.get("mounts", ()):
            wanted = {n: mount[n] for n in ("type", "mountPath", "filePath", "content", "volumeName")}
            await self.do("mounts.create", serviceId=key, serviceType="compose", **wanted)
        seen = self.seen.setdefault(key, set())
        for deployment in sorted(row.get("deployments", ()), key=lambda d: str(d["createdAt"])):
            self.docker_fails(deployment["status"] == "error")
            await self.do("compose.deploy", composeId=key)
            await self._started()
            while self._queue.jobs():
                await self._advance()
            newest = self.app.state.server.state.deployment.where(composeId=key)[-1]
            self.known[deployment["deploymentId"]] = newest["deploymentId"]
            seen.add(deployment["deploymentId"])

    async def do(self, procedure: str, **body: Any) -> Any:
        answer = await self.client.post(procedure, json=body, headers={"x-api-key": self.actors["owner"]})
        assert answer.status_code == 200, f"{procedure}: {answer.text}"
        return answer.json() if answer.content else None
