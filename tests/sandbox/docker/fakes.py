"""Engines that misbehave, which a real one cannot be asked to do; the real one has its own tests beside."""

import contextlib
import queue
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import uvicorn
from docker.errors import APIError, NotFound
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

Document = dict[str, Any]


@contextlib.contextmanager
def engine_at(path: Path, api: str, **info: Any) -> Iterator[str]:
    """A socket on which something answers as an Engine with this API version; gives `DOCKER_HOST`."""

    async def about(_request: Request) -> Response:
        return JSONResponse(info)

    async def version(_request: Request) -> Response:
        return JSONResponse({"Version": "19.3", "ApiVersion": api})

    routes = [Route("/version", version), Route("/{api}/version", version), Route("/{api}/info", about)]
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(path))
    listening.listen()
    server = uvicorn.Server(uvicorn.Config(Starlette(routes=routes), log_config=None, lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield f"unix://{path}"
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


class Seconds:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class FakeEvents:
    """Events until `None` comes."""

    def __init__(self, source: "queue.Queue[Document | None]") -> None:
        self._source = source
        self.has_ended = False

    def __iter__(self) -> Iterator[Document]:
        while (event := self._source.get()) is not None:
            yield event
        self.has_ended = True

    def close(self) -> None:
        """As the SDK does it, which expects a connection."""
        self._source.put(None)
        if self.has_ended:
            raise AttributeError("'NoneType' object has no attribute '_sock'")


class FakeEngine:
    """The calls of `docker.APIClient` that `Watch` makes.

    Attributes:
        gone: the Engine does not answer.
        inspections: ids of the containers that were inspected.
        swarm_tasks: what Swarm lists.
        swarm_services: likewise.
        during_look: called while the containers are listed.
        closed: how many of its clients were closed.
        hears: the subscription to its events; what is sent without one is lost.
    """

    def __init__(self) -> None:
        self.gone = False
        self.inspections: list[str] = []
        self.swarm_tasks: list[Document] = []
        self.swarm_services: list[Document] = []
        self.looks = 0
        self.closed = 0
        self.during_look: Callable[[], None] = lambda: None
        self.hears: FakeEvents | None = None
        self.vanished: set[str] = set()
        self._rows: dict[str, Document] = {}
        self._addresses: dict[str, str] = {}
        self._events: queue.Queue[Document | None] = queue.Queue()

    def put(
        self,
        id_: str,
        *,
        state: str = "running",
        status: str = "Up 1 second",
        address: str = "172.18.0.2",
        **labels: str,
    ) -> None:
        self._addresses[id_] = address
        self._rows[id_] = {"Id": id_, "State": state, "Status": status, "Labels": labels}

    def remove(self, id_: str) -> None:
        del self._rows[id_]

    def send(self, action: str, id_: str, kind: str = "container", **attributes: str) -> None:
        if self.hears is not None and not self.hears.has_ended:
            self._events.put({"Type": kind, "Action": action, "Actor": {"ID": id_, "Attributes": attributes}})

    def hang_up(self) -> None:
        self._events.put(None)

    def close(self) -> None:
        self.closed += 1

    def events(self, *, since: int, decode: bool, filters: Mapping[str, Any]) -> FakeEvents:
        if self.gone:
            raise APIError("503 Server Error")
        self.hears = FakeEvents(self._events)
        return self.hears

    def containers(self, *, all: bool) -> list[Document]:  # noqa: A002 - the SDK's own name
        self.looks += 1
        if self.gone:
            raise APIError("503 Server Error")
        self.during_look()
        return list(self._rows.values())

    def inspect_container(self, container: str) -> Document:
        if container in self.vanished:
            raise NotFound("no such container")
        self.inspections.append(container)
        row = self._rows[container]
        return {
            "Id": container,
            "Name": f"/{container}",
            "State": {"Status": row["State"], "Running": row["State"] == "running", "ExitCode": 0},
            "Config": {"Image": "127.0.0.1:5000/ghcr.io/o/r:v1", "Labels": row["Labels"]},
            "Image": "sha256:0",
            "Created": "2026-11-23T12:00:00Z",
            "NetworkSettings": {"Networks": {"dokploy-network": {"IPAddress": ""}}},
        }

    def inspect_network(self, net_id: str) -> Document:
        return {"Containers": {id_: {"IPv4Address": f"{self._addresses[id_]}/16"} for id_ in self._rows}}

    def tasks(self) -> list[Document]:
        return list(self.swarm_tasks)

    def services(self) -> list[Document]:
        return list(self.swarm_services)

    def networks(self) -> list[Document]:
        return []

    def volumes(self) -> Document:
        return {"Volumes": None}

    def images(self) -> list[Document]:
        return []

    def info(self) -> Document:
        return {"Name": "node"}
