"""The backend as a process: what `/health` says when its dependencies answer and when they do not (C8)."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

from tests.model.plans import COMMIT, ROOT

SOURCE = ROOT / "apps" / "backend" / "src"


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def listening() -> Iterator[int]:
    """Something that accepts connections."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@contextmanager
def backend(folder: Path, **variables: str) -> Iterator[tuple[httpx.Client, subprocess.Popen[str]]]:
    """The backend with a commit baked in, answering."""
    package = folder / "backend"
    package.mkdir()
    for path in (SOURCE / "backend").glob("*.py"):
        (package / path.name).write_text(path.read_text())
    (package / "COMMIT").write_text(COMMIT)
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "backend", "serve"],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONUNBUFFERED": "1", "PORT": str(port), **variables},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    try:
        assert "answers on port" in process.stderr.readline()
        with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
            yield client, process
    finally:
        process.kill()
        process.wait()
        process.stderr.close()


def dependencies(stack: ExitStack) -> dict[str, str]:
    return {
        "DATABASE_URL": f"postgresql://u:pw@127.0.0.1:{stack.enter_context(listening())}/db",
        "REDIS_URL": f"redis://:pw@127.0.0.1:{stack.enter_context(listening())}/0",
        "S3_ENDPOINT": f"http://127.0.0.1:{stack.enter_context(listening())}",
    }


def test_c8_health_tells_version_commit_environment_and_that_all_answer(tmp_path: Path) -> None:
    with ExitStack() as stack:
        variables = dependencies(stack)
        client, _ = stack.enter_context(backend(tmp_path, VERSION="v1.0.45", ENV="pr-12", **variables))
        answer = client.get("/health")

    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert answer.json() == {
        "status": "ok",
        "version": "v1.0.45",
        "commit": COMMIT,
        "environment": "pr-12",
        "checks": {"database": "ok", "cache": "ok", "storage": "ok"},
    }


@pytest.mark.parametrize(
    ("variable", "check"), [("DATABASE_URL", "database"), ("REDIS_URL", "cache"), ("S3_ENDPOINT", "storage")]
)
def test_c8_health_is_503_and_names_what_does_not_answer(variable: str, check: str, tmp_path: Path) -> None:
    with ExitStack() as stack:
        variables = dependencies(stack) | {variable: f"http://127.0.0.1:{free_port()}"}
        client, _ = stack.enter_context(backend(tmp_path, **variables))
        answer = client.get("/health")

    assert answer.status_code == 503
    assert answer.json()["status"] == "degraded"
    assert [name for name, state in answer.json()["checks"].items() if state != "ok"] == [check]


def test_c8_nothing_configured_is_nothing_reached(tmp_path: Path) -> None:
    with backend(tmp_path, DATABASE_URL="postgresql://h:not-a-port/x") as (client, _):
        answer = client.get("/health")

    assert set(answer.json()["checks"].values()) == {"unreachable"}


def test_v1_no_answer_repeats_a_password(tmp_path: Path) -> None:
    with ExitStack() as stack:
        variables = dependencies(stack) | {
            "SECRET_KEY": "Canary4711",
            "DATABASE_URL": "postgresql://u:Canary4711@h:1/d",
        }
        client, _ = stack.enter_context(backend(tmp_path, **variables))
        texts = [client.get(path).text for path in ("/health", "/ready", "/api", "/nothing")]

    assert [text for text in texts if "Canary4711" in text] == []


@pytest.mark.parametrize(
    ("path", "status"), [("/ready", 200), ("/api", 200), ("/api/", 200), ("/nothing", 404)]
)
def test_every_path_is_answered_with_json(path: str, status: int, tmp_path: Path) -> None:
    with backend(tmp_path) as (client, _):
        answer = client.get(path)
        head = client.head(path)

    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/json")
    assert (head.status_code, head.content) == (status, b"")


def test_r6_it_goes_on_answering_while_it_stops(tmp_path: Path) -> None:
    with backend(tmp_path, DRAIN_SECONDS="30") as (client, process):
        process.send_signal(signal.SIGTERM)
        assert process.stderr is not None
        assert "stopping in 30 seconds" in process.stderr.readline()
        answers = [client.get("/api").status_code, client.get("/ready").status_code]

    assert answers == [200, 503]


def test_it_ends_when_it_is_asked_to(tmp_path: Path) -> None:
    with backend(tmp_path) as (_, process):
        process.send_signal(signal.SIGTERM)

        assert process.wait(timeout=10) == 0


@pytest.mark.parametrize("healthy", ["yes", "no"])
def test_c5_the_containers_check_is_healths_answer(healthy: str, tmp_path: Path) -> None:
    with ExitStack() as stack:
        variables = dependencies(stack) if healthy == "yes" else {}
        client, _ = stack.enter_context(backend(tmp_path, **variables))
        check = subprocess.run(
            [sys.executable, "-m", "backend", "check"],
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"], "PORT": str(client.base_url.port)},
            check=False,
        )

    assert check.returncode == (0 if healthy == "yes" else 1)


def test_c5_the_check_fails_when_nobody_answers(tmp_path: Path) -> None:
    check = subprocess.run(
        [sys.executable, "-m", "backend", "check"],
        env={"PATH": os.environ["PATH"], "PORT": str(free_port()), "PYTHONPATH": str(SOURCE)},
        check=False,
    )

    assert check.returncode == 1


def test_what_is_baked_in_counts_and_not_the_environment(tmp_path: Path) -> None:
    with backend(tmp_path, GIT_COMMIT="f" * 40) as (client, _):
        assert json.loads(client.get("/api").text)["commit"] == COMMIT
