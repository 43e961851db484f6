import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from sandbox.certificates import Authority
from sandbox.folder import Folder
from sandbox.ingress import create_app, serve_ingress
from sandbox.ports import listen
from tests.sandbox.hosts import Host
from tests.sandbox.ingress.conftest import compose, labels


@contextlib.asynccontextmanager
async def _served(host: Host, authority: Authority) -> AsyncIterator[int]:
    listening = listen(0)
    app = create_app(host.world, host.docker)
    serving = serve_ingress(app, listening, context_for=lambda name: authority.context([name]))
    task = asyncio.create_task(serving)
    try:
        yield listening.getsockname()[1]
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    folder = Folder(tmp_path / "sandbox")
    folder.make()
    return Authority(folder)


def _trusting(host: Host, tmp_path: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(tmp_path / "sandbox" / "ca.pem"))


async def _ask(port: int, scheme: str, name: str, trust: ssl.SSLContext | None = None) -> httpx.Response:
    async with httpx.AsyncClient(verify=trust or ssl.create_default_context()) as client:
        return await client.get(
            f"{scheme}://127.0.0.1:{port}/health",
            headers={"Host": name},
            extensions={"sni_hostname": name},
        )


def test_one_port_speaks_http_and_tls(host: Host, authority: Authority, tmp_path: Path) -> None:
    router = "traefik.http.routers.s"
    rule = f"{router}.rule=Host(`report.example`)"
    more = f"{rule} {router}.entrypoints=websecure {router}.tls=true {router}.service=r"
    host.up("app", compose(host.publish("v1"), labels("r", more=more)))

    async def both() -> list[int]:
        async with _served(host, authority) as port:
            trust = _trusting(host, tmp_path)
            plain = await _ask(port, "http", "report.example")
            tls = await _ask(port, "https", "report.example", trust)
            return [plain.status_code, tls.status_code]

    assert asyncio.run(both()) == [200, 200]


def test_every_name_has_a_certificate_even_one_without_a_route(
    host: Host, authority: Authority, tmp_path: Path
) -> None:
    async def ask() -> list[int]:
        async with _served(host, authority) as port:
            trust = _trusting(host, tmp_path)
            names = ("a.example", "report-pr-12.example", "a.example")
            return [(await _ask(port, "https", name, trust)).status_code for name in names]

    assert asyncio.run(ask()) == [404, 404, 404]


def test_a_client_that_does_not_trust_the_sandbox_is_not_served(host: Host, authority: Authority) -> None:
    async def ask() -> None:
        async with _served(host, authority) as port:
            await _ask(port, "https", "report.example")

    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        asyncio.run(ask())


@pytest.mark.parametrize("kind", ["drop-before", "drop-after"])
def test_a_cut_connection_is_cut_for_the_client(host: Host, authority: Authority, kind: str) -> None:
    host.world.faults.add(part="ingress", kind=kind)

    async def ask() -> None:
        async with _served(host, authority) as port:
            await _ask(port, "http", "report.example")

    with pytest.raises(httpx.TransportError):
        asyncio.run(ask())


def test_a_client_that_says_nothing_holds_nothing_up(host: Host, authority: Authority) -> None:
    async def wait() -> int:
        async with _served(host, authority) as port:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            answer = await _ask(port, "http", "report.example")
            writer.close()
            return answer.status_code

    assert asyncio.run(asyncio.wait_for(wait(), 5)) == 404
