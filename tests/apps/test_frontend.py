"""The frontend as a process: one image for every environment, so it knows no host."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from tests.apps.test_backend import free_port
from tests.model.plans import ROOT

FRONTEND = ROOT / "apps" / "frontend"


@contextmanager
def frontend() -> Iterator[tuple[httpx.Client, subprocess.Popen[str]]]:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-B", "-m", "frontend", "serve"],
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(FRONTEND / "src"),
            "PORT": str(port),
            "PUBLIC_DIR": str(FRONTEND / "public"),
        },
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


def test_d4_the_root_is_a_page() -> None:
    with frontend() as (client, _):
        answer = client.get("/")

    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html")
    assert "<h1>Finance report</h1>" in answer.text


@pytest.mark.parametrize(("path", "kind"), [("/page.js", "text/javascript"), ("/page.css", "text/css")])
def test_its_files_are_what_they_are(path: str, kind: str) -> None:
    with frontend() as (client, _):
        assert client.get(path).headers["content-type"] == kind


@pytest.mark.parametrize("path", ["/reports/7", "/src", "/../Dockerfile", "/%2e%2e/Dockerfile"])
def test_any_other_path_is_the_page_and_no_other_file(path: str) -> None:
    with frontend() as (client, _):
        assert "<h1>Finance report</h1>" in client.get(path).text


def test_it_may_only_load_from_its_own_origin() -> None:
    with frontend() as (client, _):
        headers = client.get("/").headers

    assert headers["content-security-policy"] == "default-src 'self'"
    assert headers["x-content-type-options"] == "nosniff"


def test_m9_the_page_names_no_host() -> None:
    texts = {path.name: path.read_text() for path in (FRONTEND / "public").iterdir()}

    assert [
        name for name, text in texts.items() if re.search(r"https?://|//[a-z]", text.replace("// ", ""))
    ] == []


def test_it_ends_when_it_is_asked_to() -> None:
    with frontend() as (_, process):
        process.send_signal(signal.SIGTERM)

        assert process.wait(timeout=10) == 0


def test_c5_the_containers_check_asks_for_the_page() -> None:
    with frontend() as (client, _):
        codes = [
            subprocess.run(
                [sys.executable, "-B", "-m", "frontend", "check"],
                env={"PATH": os.environ["PATH"], "PYTHONPATH": str(FRONTEND / "src"), "PORT": port},
                check=False,
            ).returncode
            for port in (str(client.base_url.port), str(free_port()))
        ]

    assert codes == [0, 1]
