"""The sandbox's own endpoint: what is going on, what shall go wrong, and back to the beginning."""

import dataclasses
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from sandbox import asked
from sandbox.errors import SandboxError
from sandbox.faults import Fault
from sandbox.github import control as github
from sandbox.oidc.runs import BadRun, Run
from sandbox.world import Pace, World

Document = dict[str, Any]

_FAULT_FIELDS = {field.name for field in dataclasses.fields(Fault)} - {"hits"}
_RUN_FIELDS = {field.name for field in dataclasses.fields(Run)} - {"secret"}
_RUN_MUST = {"workflow", "event_name"}
_PACE_FIELDS = {field.name for field in dataclasses.fields(Pace)}


class Images(Protocol):
    """What the registry does for the control endpoint."""

    def publish(self, name: str, labels: dict[str, str]) -> str:
        """Put an image under a tag and return its digest."""
        ...

    def remove(self, name: str) -> bool:
        """Take a tag away; whether it was there."""
        ...


class Repository(Protocol):
    """What the bare git repository does for the control endpoint."""

    def commit(self, files: dict[str, str], *, branch: str) -> str:
        """Commit files on top of HEAD and return the commit."""
        ...

    def tag(self, name: str, sha: str) -> None:
        """Set a tag."""
        ...


class Issuer(Protocol):
    """What the OIDC issuer's runs do for the control endpoint."""

    def register(self, fields: Document) -> Run:
        """Take in a run whose jobs may ask for tokens; raises `BadRun`."""
        ...


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What the endpoint looks into and turns.

    Attributes:
        status: the answer to `GET /status`.
        engine: the Docker host's tables.
        images: the registry.
        repository: the git repository.
        oidc: the issuer's runs.
        reset: brings everything back to the state after seeding.
        keep: makes the present state the one that `reset` comes back to.
    """

    status: Callable[[], Awaitable[Document]]
    engine: Callable[[], Document]
    images: Images
    repository: Repository
    oidc: Issuer
    reset: Callable[[], Awaitable[None]]
    keep: Callable[[], Awaitable[None]]


def create_app(world: World, parts: Parts) -> Starlette:
    """The control endpoint.

    | call | does |
    |---|---|
    | GET /status | parts with their addresses and health |
    | GET /log?since=N&part=P | entries of the access log after cursor N |
    | GET, POST, DELETE /faults | what is armed; arm one (fields of `Fault`); disarm all |
    | GET, POST /pace | how long things take (fields of `Pace`, in seconds) |
    | GET /engine | containers, tasks, networks, volumes, images, services |
    | POST, DELETE /images | put an image `{name, labels}` into the registry; take its tag away |
    | POST /git/commits | `{files, branch, tag?}`: a commit on top of HEAD |
    | POST /git/tags | `{name, sha}` |
    | … /github/… | pull requests, runs, tokens, releases: see `sandbox.github.control` |
    | POST /oidc/runs | a run whose jobs get tokens (fields of `sandbox.oidc.runs.Run`) |
    | POST /reset | back to the state after seeding; 500 when a Docker Engine is not empty after a minute |
    | POST /baseline | make the present state the one that `reset` comes back to; `up` does it after seeding |
    """
    routes = _Control(world, parts).routes()
    return Starlette(routes=routes, exception_handlers={asked.BadRequest: _refuse, SandboxError: _fail})


class _Control:
    def __init__(self, world: World, parts: Parts) -> None:
        self._world = world
        self._parts = parts

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/status", self.status),
            Route("/log", self.log),
            Route("/faults", self.faults),
            Route("/faults", self.arm, methods=["POST"]),
            Route("/faults", self.disarm, methods=["DELETE"]),
            Route("/pace", self.pace),
            Route("/pace", self.set_pace, methods=["POST"]),
            Route("/engine", self.engine),
            Route("/images", self.publish, methods=["POST"]),
            Route("/images", self.remove, methods=["DELETE"]),
            Route("/git/commits", self.commit, methods=["POST"]),
            Route("/git/tags", self.tag, methods=["POST"]),
            Route("/oidc/runs", self.register_run, methods=["POST"]),
            Mount("/github", app=github.create_app(self._world)),
            Route("/reset", self.reset, methods=["POST"]),
            Route("/baseline", self.keep, methods=["POST"]),
        ]

    async def status(self, _request: Request) -> Response:
        return JSONResponse(await self._parts.status())

    async def log(self, request: Request) -> Response:
        since = request.query_params.get("since", "0")
        if not since.isdecimal():
            raise asked.BadRequest("since is the number of an entry, as `cursor` gave it")
        entries = self._world.log.since(int(since), part=request.query_params.get("part"))
        return JSONResponse({"cursor": self._world.log.cursor, "entries": entries})

    async def faults(self, _request: Request) -> Response:
        return JSONResponse(self._world.faults.live())

    async def arm(self, request: Request) -> Response:
        fields = await asked.body_of(request, allowed=_FAULT_FIELDS, required={"part", "kind"})
        try:
            self._world.faults.add(**fields)
        except ValueError as error:
            raise asked.BadRequest(str(error)) from None
        return JSONResponse(self._world.faults.live(), status_code=201)

    async def disarm(self, _request: Request) -> Response:
        self._world.faults.clear()
        return Response(status_code=204)

    async def pace(self, _request: Request) -> Response:
        return JSONResponse(dataclasses.asdict(self._world.pace))

    async def set_pace(self, request: Request) -> Response:
        for name, seconds in (await asked.body_of(request, allowed=_PACE_FIELDS)).items():
            if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds < 0:
                raise asked.BadRequest(f"{name} is a number of seconds")
            setattr(self._world.pace, name, float(seconds))
        return await self.pace(request)

    async def engine(self, _request: Request) -> Response:
        return JSONResponse(self._parts.engine())

    async def publish(self, request: Request) -> Response:
        body = await asked.body_of(request, allowed={"name", "labels"}, required={"name"})
        try:
            digest = self._parts.images.publish(asked.text(body, "name"), asked.texts(body, "labels"))
        except ValueError as error:
            raise asked.BadRequest(str(error)) from None
        return JSONResponse({"digest": digest}, status_code=201)

    async def remove(self, request: Request) -> Response:
        body = await asked.body_of(request, allowed={"name"}, required={"name"})
        try:
            found = self._parts.images.remove(asked.text(body, "name"))
        except ValueError as error:
            raise asked.BadRequest(str(error)) from None
        if not found:
            return JSONResponse({"message": f"{body['name']} is not in the registry"}, status_code=404)
        return Response(status_code=204)

    async def commit(self, request: Request) -> Response:
        body = await asked.body_of(request, allowed={"files", "branch", "tag"}, required={"files", "branch"})
        sha = self._parts.repository.commit(asked.texts(body, "files"), branch=asked.text(body, "branch"))
        if "tag" in body:
            self._parts.repository.tag(asked.text(body, "tag"), sha)
        return JSONResponse({"sha": sha}, status_code=201)

    async def tag(self, request: Request) -> Response:
        body = await asked.body_of(request, allowed={"name", "sha"}, required={"name", "sha"})
        self._parts.repository.tag(asked.text(body, "name"), asked.text(body, "sha"))
        return Response(status_code=204)

    async def register_run(self, request: Request) -> Response:
        """Where a job asks: its own key and an audience are added to the URL, as the runner's has it."""
        try:
            run = self._parts.oidc.register(
                await asked.body_of(request, allowed=_RUN_FIELDS, required=_RUN_MUST)
            )
        except BadRun as error:
            raise asked.BadRequest(str(error)) from None
        url = f"http://127.0.0.1:{self._world.ports.oidc}/token?run={run.number}"
        return JSONResponse({"number": run.number, "url": url, "token": run.secret}, status_code=201)

    async def reset(self, _request: Request) -> Response:
        await self._parts.reset()
        return Response(status_code=204)

    async def keep(self, _request: Request) -> Response:
        await self._parts.keep()
        return Response(status_code=204)


async def _refuse(_request: Request, error: Exception) -> Response:
    return JSONResponse({"message": str(error)}, status_code=400)


async def _fail(_request: Request, error: Exception) -> Response:
    return JSONResponse({"message": str(error)}, status_code=500)
