"""A GitHub on loopback that answers what a test tells it, and the world of one administrator."""

import json
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from strata.setup.world import World
from tests.strata.conftest import Here
from tests.vault.conftest import Server

REPOSITORY = {
    "id": 4711,
    "full_name": "team/finance_report",
    "private": False,
    "permissions": {"admin": True},
}
BELOW = "/api/v3/repos/team/finance_report"


@dataclass
class Answers:
    """Path below the repository to status and body; anything else is a 404.

    Attributes:
        address: of the server.
        bodies: what it answers.
        asked: method and path, in order.
        signed: the bearer tokens it saw.
    """

    address: str = ""
    bodies: dict[str, tuple[int, Any]] = field(default_factory=lambda: {"": (200, REPOSITORY)})
    asked: list[str] = field(default_factory=list)
    signed: list[str] = field(default_factory=list)


@pytest.fixture
def github() -> Iterator[Answers]:
    told = Answers()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0].removeprefix(BELOW).lstrip("/")
            told.asked.append(f"GET {path}")
            told.signed.append(str(self.headers["authorization"]).removeprefix("Bearer "))
            status, body = told.bodies.get(path, (404, {"message": "Not Found"}))
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    told.address = f"http://127.0.0.1:{server.server_port}"
    yield told
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def world(here: Here, github: Answers, monkeypatch: pytest.MonkeyPatch) -> Callable[..., World]:
    """The world of an administrator; a variable that is `None` is not set."""
    monkeypatch.setenv("GITHUB_BASE_URL", github.address)
    monkeypatch.setenv("GITHUB_OWNER", "team")
    monkeypatch.setenv("GITHUB_TOKEN", "github-canary")
    for name in ("GITHUB_API_URL", "GITHUB_REPOSITORY", "STRATA_CONNECT_TO", "STRATA_SANDBOX_DIR"):
        monkeypatch.delenv(name, raising=False)

    def make(*, resolves: Callable[[str], bool] = lambda host: False, **changes: str | None) -> World:
        env = {name: value for name, value in {**os.environ, **changes}.items() if value is not None}
        return World(env=env, start=here.folder, resolves=resolves)

    return make


@pytest.fixture
def vault(administrator: Server) -> Server:
    """A real OpenBao, with the administrator's token in the environment."""
    return administrator
