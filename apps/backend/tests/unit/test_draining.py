import asyncio
import json
import signal
import socket
import subprocess
import sys
from contextlib import ExitStack
from http.client import HTTPConnection

import pytest
import uvicorn

from backend.draining import DrainingServer, PortTaken, run
from backend.lifecycle import Lifecycle
from backend.services import Services


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def lifecycle() -> Lifecycle:
    return Lifecycle()


@pytest.fixture
def server(lifecycle: Lifecycle, clock: Clock, services: Services) -> DrainingServer:
    return DrainingServer(
        uvicorn.Config(lambda: None, log_config=None), lifecycle=lifecycle, drain_seconds=20, clock=clock
    )


def ends(server: DrainingServer) -> bool:
    return asyncio.run(server.on_tick(1))


def test_r6_it_goes_on_for_the_whole_drain_and_then_ends(
    server: DrainingServer, lifecycle: Lifecycle, clock: Clock
) -> None:
    server.handle_exit(signal.SIGTERM, None)

    assert lifecycle.stopping
    for clock.now, ended in ((100.0, False), (119.9, False), (120.0, True)):
        assert ends(server) is ended


def test_it_does_not_end_before_it_is_asked_to(server: DrainingServer, clock: Clock) -> None:
    clock.now += 1000

    assert not ends(server)


def test_r6_a_second_sigterm_does_not_shorten_the_drain(server: DrainingServer, clock: Clock) -> None:
    server.handle_exit(signal.SIGTERM, None)
    clock.now += 5
    server.handle_exit(signal.SIGTERM, None)

    assert not ends(server)
    clock.now += 15
    assert ends(server)


def test_a_second_ctrl_c_ends_it_at_once(server: DrainingServer) -> None:
    server.handle_exit(signal.SIGINT, None)
    assert not ends(server)

    server.handle_exit(signal.SIGINT, None)
    assert ends(server)


def test_a_port_that_is_taken_is_said_in_one_line(lifecycle: Lifecycle) -> None:
    async def app(_scope: object, _receive: object, _send: object) -> None:
        return

    with socket.create_server(("", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(PortTaken, match=rf"^cannot listen on port {port}: .*; PORT sets another$"):
            run(app, lifecycle=lifecycle, port=port, drain_seconds=0)


PROGRAM = """
import sys
from backend import logs
from backend.app import create_app
from backend.draining import leave, run
from backend.services import Services
from unit.doubles import MemoryCache, MemoryFiles, MemoryLedger

logs.configure()
services = Services(
    ledger=MemoryLedger(), cache=MemoryCache(), files=MemoryFiles(),
    identity={"version": "v1", "commit": "c", "environment": "ci"}, largest_statement=1000,
)
run(create_app(services), lifecycle=services.lifecycle, port=int(sys.argv[1]), drain_seconds=30)
leave()
"""


@pytest.mark.slow
def test_r6_a_real_process_takes_connections_during_the_drain_and_ends_well() -> None:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(port)],
        env={"PYTHONPATH": ":".join(sys.path), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            assert json.loads(process.stdout.readline())["event"] == "serving"
            process.send_signal(signal.SIGTERM)
            assert json.loads(process.stdout.readline())["event"] == "stopping"
            answers = {path: get(port, path) for path in ("/ready", "/health", "/api/report")}
            process.send_signal(signal.SIGINT)
            code = process.wait(timeout=20)
        finally:
            process.kill()

    assert (answers, code) == ({"/ready": 503, "/health": 200, "/api/report": 200}, 0)


STUCK = """
import asyncio, sys
from backend import draining, logs
from backend.lifecycle import Lifecycle

async def app(_scope, _receive, _send):
    print("asked", flush=True)
    await asyncio.Event().wait()

logs.configure()
draining._LAST_ANSWERS_SECONDS = 0.1
draining.run(app, lifecycle=Lifecycle(), port=int(sys.argv[1]), drain_seconds=0)
"""


@pytest.mark.slow
@pytest.mark.parametrize(("requests", "level"), [(0, "info"), (2, "warning")])
def test_requests_that_a_stop_cuts_off_are_counted_in_its_last_line(requests: int, level: str) -> None:
    with ExitStack() as stack:
        with socket.create_server(("127.0.0.1", 0)) as found:
            port = found.getsockname()[1]
        process = stack.enter_context(
            subprocess.Popen(
                [sys.executable, "-c", STUCK, str(port)],
                env={"PYTHONPATH": ":".join(sys.path), "PYTHONUNBUFFERED": "1"},
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
        )
        stack.callback(process.kill)
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["event"] == "serving"
        for _ in range(requests):
            client = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=10))
            client.sendall(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")
            assert process.stdout.readline() == "asked\n"
        process.send_signal(signal.SIGTERM)
        lines = [json.loads(line) for line in process.stdout]

    (stopped,) = (line for line in lines if line["event"] == "stopped")
    assert (stopped["level"], stopped["cut_off"]) == (level, requests)


def get(port: int, path: str) -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()
