"""The access log and the faults that every part shares."""

import asyncio
import socket
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.faults import FaultKind
from sandbox.http import ConnectionCut, CuttableProtocol, Watched
from sandbox.world import World
from tests.sandbox.calls import Caller


class Counter:
    """An app that counts what it did."""

    def __init__(self, world: World) -> None:
        self.done: list[bytes] = []
        app = Starlette(routes=[Route("/{rest:path}", self._do, methods=["GET", "POST"])])
        self.app = Watched(app, world=world, part="github")
        self.call = Caller(self.app, base_url="http://github")

    async def _do(self, request: Request) -> Response:
        self.done.append(await request.body())
        return JSONResponse({"done": len(self.done)}, status_code=201)


@pytest.fixture
def counter(world: World) -> Counter:
    return Counter(world)


Arm = Callable[..., None]


@pytest.fixture
def arm(world: World) -> Arm:
    def add(kind: FaultKind, **fields: Any) -> None:
        world.faults.add(part="github", kind=kind, **fields)

    return add


def test_a_request_without_a_fault_reaches_the_part_with_its_body(counter: Counter, world: World) -> None:
    answer = counter.call("POST", "/repos/x?page=2", content=b"body")

    assert (answer.status_code, counter.done) == (201, [b"body"])
    logged = [(e["part"], e["method"], e["path"], e["status"]) for e in world.log.since(0)]
    assert logged == [("github", "POST", "/repos/x", 201)]


def test_a_rejected_request_is_answered_and_not_done(counter: Counter, arm: Arm) -> None:
    arm(FaultKind.REJECT, status=503, message="tired")

    answer = counter.call("POST", "/")

    assert (answer.status_code, answer.json(), counter.done) == (503, {"message": "tired"}, [])


def test_a_fault_is_used_up_after_its_times(counter: Counter, arm: Arm) -> None:
    arm(FaultKind.REJECT, times=2)

    assert [counter.call.get("/").status_code for _ in range(3)] == [500, 500, 201]


def test_drop_before_cuts_the_connection_and_does_nothing(counter: Counter, arm: Arm, world: World) -> None:
    arm(FaultKind.DROP_BEFORE)

    with pytest.raises(ConnectionCut):
        counter.call("POST", "/")

    assert counter.done == []
    assert world.log.since(0)[0]["status"] == 0


def test_drop_after_does_the_work_and_loses_the_answer(counter: Counter, arm: Arm, world: World) -> None:
    arm(FaultKind.DROP_AFTER)

    with pytest.raises(ConnectionCut):
        counter.call("POST", "/", content=b"once")

    assert counter.done == [b"once"]
    assert world.log.since(0)[0]["status"] == 0


def test_error_after_does_the_work_and_says_it_failed(counter: Counter, arm: Arm) -> None:
    arm(FaultKind.ERROR_AFTER, status=500)

    assert counter.call("POST", "/").status_code == 500
    assert len(counter.done) == 1


def test_garbage_is_status_200_without_json_and_without_work(counter: Counter, arm: Arm) -> None:
    arm(FaultKind.GARBAGE)

    answer = counter.call.get("/")

    assert answer.status_code == 200
    assert answer.text.startswith("<!doctype")
    assert counter.done == []


@pytest.mark.parametrize(("cleared_after", "expected"), [(None, 7.0), (1.0, 1.0)])
def test_slow_waits_and_then_works_sooner_if_faults_are_cleared(
    counter: Counter,
    arm: Arm,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    cleared_after: float | None,
    expected: float,
) -> None:
    waited: list[float] = []
    true_sleep = asyncio.sleep

    async def sleep(seconds: float) -> None:
        waited.append(seconds)
        if cleared_after is not None and sum(waited) >= cleared_after - 0.01:
            world.faults.clear()
        await true_sleep(0)

    monkeypatch.setattr("sandbox.http.asyncio.sleep", sleep)
    arm(FaultKind.SLOW, seconds=7)

    assert counter.call.get("/").status_code == 201
    assert sum(waited) == pytest.approx(expected)


@pytest.mark.parametrize("fields", [{"content": b'{"stack": "pr-7"}'}, {"params": {"q": "pr-7"}}])
def test_a_scoped_fault_hits_only_requests_that_name_its_key(
    fields: dict[str, Any], counter: Counter, arm: Arm
) -> None:
    arm(FaultKind.REJECT, key="pr-7")

    assert counter.call("POST", "/", content=b"staging").status_code == 201
    assert counter.call("POST", "/", **fields).status_code == 500


def test_the_paths_of_a_fault_are_prefixes(counter: Counter, arm: Arm) -> None:
    arm(FaultKind.REJECT, path="/repos")

    assert [counter.call.get(path).status_code for path in ("/users", "/repos/x")] == [201, 500]


def test_over_a_socket_a_cut_connection_ends_without_an_answer_and_the_server_goes_on(
    counter: Counter, arm: Arm
) -> None:
    """Not an answer 500: a client must not know whether its request was done."""
    arm(FaultKind.DROP_AFTER)

    async def scenario() -> tuple[type[Exception], int]:
        listening = socket.create_server(("127.0.0.1", 0))
        config = uvicorn.Config(counter.app, http=CuttableProtocol, log_config=None, lifespan="off")
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        async with httpx.AsyncClient() as client:
            with pytest.raises(httpx.TransportError) as cut:
                await client.post(url, content=b"once")
            status = (await client.get(url)).status_code
        server.should_exit = True
        await serving
        return cut.type, status

    error, status = asyncio.run(scenario())

    assert issubclass(error, httpx.ReadError | httpx.RemoteProtocolError)
    assert status == 201
    assert counter.done == [b"once", b""]
