"""The proxy that stands before real containers: what reaches them, and what a client sees when one is ill."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from sandbox.ingress.proxy import Proxy
from sandbox.ingress.routers import Router
from sandbox.ingress.rules import Rule

HOST = "report.example"


def router(*servers: str, **more: Any) -> Router:
    return Router(name="r", rule=Rule.parse(f"Host(`{HOST}`)"), servers=servers, **more)


class Behind(httpx.AsyncBaseTransport):
    """What the containers get, and what becomes of it."""

    def __init__(self, answer: Callable[[httpx.Request], httpx.Response] | None = None) -> None:
        self.got: list[httpx.Request] = []
        self._answer = answer or (lambda _: httpx.Response(200, text="fine"))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.got.append(request)
        found = self._answer(request)  # who refuses has taken nothing of the body

        async def content() -> AsyncIterator[bytes]:
            yield found.content

        await request.aread()
        return httpx.Response(found.status_code, headers=found.headers.raw, content=content())

    def client(self, found: Router, addresses: dict[str, str], *, turn: int = 0) -> httpx.AsyncClient:
        proxy = Proxy(addresses.get, transport=self)

        async def app(scope: Any, receive: Any, send: Any) -> None:
            response = await proxy.answer(found, Request(scope, receive), turn)
            await response(scope, receive, send)

        return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=f"https://{HOST}")

    def ask(
        self, method: str = "GET", path: str = "/", *, found: Router | None = None, turn: int = 0, **more: Any
    ) -> httpx.Response:
        async def work() -> httpx.Response:
            addresses = {"a": "172.18.0.2", "b": "172.18.0.3"}
            async with self.client(found or router("a", port=8000), addresses, turn=turn) as client:
                return await client.request(method, path, **more)

        return asyncio.run(work())


def refusing(*addresses: str, error: type[httpx.TransportError] = httpx.ConnectError) -> Behind:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.host in addresses:
            raise error("refused")
        return httpx.Response(200, text=request.url.host)

    return Behind(answer)


def test_the_application_is_told_who_asked_for_what() -> None:
    behind = Behind()

    behind.ask("GET", "/api/a%20b?x=1&x=2", headers={"X-Forwarded-For": "6.6.6.6", "Connection": "close"})

    (got,) = behind.got
    assert str(got.url) == "http://172.18.0.2:8000/api/a%20b?x=1&x=2"
    assert got.headers["host"] == HOST
    assert got.headers["x-forwarded-proto"] == "https"
    assert got.headers["x-forwarded-host"] == HOST
    assert got.headers["x-forwarded-for"] != "6.6.6.6"
    assert "close" not in got.headers.get_list("connection")


def test_prefixes_are_cut_and_put_before() -> None:
    behind = Behind()

    behind.ask("GET", "/api/x", found=router("a", port=1, strip=("/api",), add="/v1"))

    assert behind.got[0].url.path == "/v1/x"


def test_an_answer_comes_back_as_it_is_with_all_its_cookies() -> None:
    headers = [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("Keep-Alive", "timeout=5"), ("X-Cache", "hit")]
    behind = Behind(lambda _: httpx.Response(418, headers=headers, text="teapot"))

    answer = behind.ask()

    assert (answer.status_code, answer.text) == (418, "teapot")
    assert answer.headers.get_list("set-cookie") == ["a=1", "b=2"]
    assert answer.headers["x-cache"] == "hit"
    assert "keep-alive" not in answer.headers


def test_requests_go_round() -> None:
    behind = Behind()

    for turn in range(4):
        behind.ask(found=router("a", "b", port=1), turn=turn)

    assert [got.url.host for got in behind.got] == ["172.18.0.2", "172.18.0.3"] * 2


def test_r6_one_that_refuses_costs_its_share_of_the_requests_as_with_traefik() -> None:
    behind = refusing("172.18.0.2")

    answers = [behind.ask(found=router("a", "b", port=1), turn=turn) for turn in range(4)]

    assert [answer.status_code for answer in answers] == [502, 200] * 2


@pytest.mark.parametrize("error", [httpx.ReadError, httpx.RemoteProtocolError, httpx.WriteError])
def test_what_a_server_has_begun_is_not_done_twice(error: type[httpx.TransportError]) -> None:
    behind = refusing("172.18.0.2", error=error)

    answer = behind.ask("POST", content=b"x", found=router("a", "b", port=1))

    assert (answer.status_code, answer.text) == (502, "Bad Gateway")
    assert len(behind.got) == 1


@pytest.mark.parametrize(
    ("error", "status", "text"),
    [(httpx.ConnectError, 502, "Bad Gateway"), (httpx.ConnectTimeout, 504, "Gateway Timeout")],
)
def test_a_server_that_is_not_reached_is_said_as_traefik_says_it(
    error: type[httpx.TransportError], status: int, text: str
) -> None:
    answer = refusing("172.18.0.2", "172.18.0.3", error=error).ask(found=router("a", "b", port=1))

    assert (answer.status_code, answer.text) == (status, text)


def test_servers_that_take_no_requests_are_none() -> None:
    answer = Behind().ask(found=router("leaving", port=1))

    assert (answer.status_code, answer.text) == (503, "no available server\n")


async def _echo(request: Request) -> Response:
    """Says how many bytes came, in how many pieces."""
    sizes = [len(chunk) async for chunk in request.stream()]
    return JSONResponse({"bytes": sum(sizes), "pieces": len(sizes)})


async def _slow(_request: Request) -> Response:
    async def chunks() -> AsyncIterator[bytes]:
        yield b"first"
        await asyncio.Event().wait()

    return StreamingResponse(chunks())


@contextlib.asynccontextmanager
async def application() -> AsyncIterator[int]:
    routes = [
        Route("/echo", _echo, methods=["POST"]),
        Route("/slow", _slow),
        Route("/head", lambda _: PlainTextResponse("x" * 7)),
    ]
    with socket.create_server(("127.0.0.1", 0)) as listening:
        config = uvicorn.Config(Starlette(routes=routes), log_config=None, lifespan="off")
        config.timeout_graceful_shutdown = 0
        server = uvicorn.Server(config)
        task = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            yield listening.getsockname()[1]
        finally:
            server.should_exit = True
            await asyncio.gather(task, return_exceptions=True)


@contextlib.asynccontextmanager
async def real(port: int) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the proxy before a program that listens."""
    proxy = Proxy(lambda _: "127.0.0.1")
    found = router("a", port=port)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        response = await proxy.answer(found, Request(scope, receive), 0)
        await response(scope, receive, send)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))
        server.config.timeout_graceful_shutdown = 0
        task = asyncio.create_task(server.serve(sockets=[listening]))
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        try:
            async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
                yield client
        finally:
            server.should_exit = True
            await asyncio.gather(task, return_exceptions=True)


async def _pieces() -> AsyncIterator[bytes]:
    for _ in range(64):
        yield b"x" * 65536


def test_an_upload_passes_through_as_it_comes() -> None:
    async def work() -> dict[str, int]:
        async with application() as port, real(port) as client:
            answer = await client.post("/echo", content=_pieces())
            found: dict[str, int] = answer.json()
            return found

    found = asyncio.run(work())

    assert found["bytes"] == 64 * 65536
    assert found["pieces"] > 1


def test_an_answer_passes_through_before_it_ends() -> None:
    async def work() -> bytes:
        async with application() as port, real(port) as client, client.stream("GET", "/slow") as answer:
            return await anext(answer.aiter_bytes())

    assert asyncio.run(work()) == b"first"


def test_head_tells_the_length_and_sends_nothing() -> None:
    async def work() -> httpx.Response:
        async with application() as port, real(port) as client:
            return await client.head("/head")

    answer = asyncio.run(work())

    assert (answer.status_code, answer.headers["content-length"], answer.content) == (200, "7", b"")
