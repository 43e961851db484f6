"""The container's health check, against a server of a few lines."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from backend.check import check

SOURCE = Path(__file__).parents[2] / "src"


@contextmanager
def answering(status: int, body: bytes) -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/health" else 404)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            return

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        yield server.server_port
        thread.join(timeout=5)


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1), (404, 1), (500, 1)])
def test_c5_the_containers_check_is_healths_answer(status: int, code: int) -> None:
    body = json.dumps({"checks": {"database": "ok", "cache": "unreachable"}}).encode()
    with answering(status, body) as port:
        assert check(port=port) == (code, f"{status} database: ok, cache: unreachable")


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"checks": []}'])
def test_c5_an_answer_that_is_no_report_still_counts(body: bytes) -> None:
    with answering(503, body) as port:
        assert check(port=port) == (1, "503")


def test_c5_nobody_there_is_unhealthy() -> None:
    with answering(200, b"") as port:
        check(port=port)

    code, line = check(port=port)

    assert (code, line.startswith(f"port {port} does not answer")) == (1, True)


@pytest.mark.slow
def test_c5_the_check_loads_nothing_but_the_standard_library() -> None:
    program = (
        "import sys; from backend.__main__ import main; main(['check']); "
        "known = {*sys.stdlib_module_names, 'backend', '__main__'}; "
        "print([name for name in sys.modules if name.partition('.')[0] not in known])"
    )

    run = subprocess.run(
        [sys.executable, "-S", "-c", program],
        env={"PYTHONPATH": str(SOURCE), "PORT": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.stdout.splitlines()[1:] == ["[]"], run.stderr
