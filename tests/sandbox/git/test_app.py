import asyncio
import contextlib
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn

from sandbox.git import Repository, create_app
from sandbox.http import CuttableProtocol
from sandbox.world import World


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@pytest.fixture
def url(world: World, repository: Repository) -> Iterator[str]:
    """The repository's address on a real port: git itself is the client."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        config = uvicorn.Config(create_app(world), http=CuttableProtocol, log_config=None, lifespan="off")
        server = _Server(config)
        thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listening])))
        thread.start()
        owner, name = repository.path.parts[-2:]
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/{owner}/{name}"
        server.should_exit = True
        thread.join()


def _git(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["git", *words], cwd=cwd, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("protocol", ["0", "2"])
def test_git_clones_a_tag_without_its_history(
    url: str, repository: Repository, tmp_path: Path, protocol: str
) -> None:
    sha = repository.commit({"a.txt": "new\n"}, branch="x", tag="preview/pr-1")

    words = [
        "-c",
        f"protocol.version={protocol}",
        "clone",
        "-q",
        "--depth",
        "1",
        "-b",
        "preview/pr-1",
        url,
        "copy",
    ]
    done = _git(*words, cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "copy" / "a.txt").read_text() == "new\n"
    assert _git("log", "--format=%H", cwd=tmp_path / "copy").stdout.split() == [sha]


def test_git_fetches_what_came_since(url: str, repository: Repository, tmp_path: Path) -> None:
    _git("clone", "-q", url, "copy", cwd=tmp_path)
    sha = repository.commit({f"file{n}": str(n) for n in range(3)}, branch="main")

    _git("pull", "-q", cwd=tmp_path / "copy")

    assert _git("rev-parse", "HEAD", cwd=tmp_path / "copy").stdout.strip() == sha


def test_nothing_can_be_pushed(url: str, repository: Repository, tmp_path: Path) -> None:
    _git("clone", "-q", url, "copy", cwd=tmp_path)
    before = repository.refs()

    done = _git("push", "-q", "origin", "HEAD:refs/heads/stolen", cwd=tmp_path / "copy")

    assert done.returncode != 0
    assert "403" in done.stderr
    assert repository.refs() == before


@pytest.mark.parametrize(
    ("address", "words", "said"),
    [("x", [], "not found"), ("", ["-b", "gone"], "Remote branch gone not found")],
)
def test_what_is_not_there_is_said_in_gits_words(
    url: str, tmp_path: Path, address: str, words: list[str], said: str
) -> None:
    done = _git("clone", "-q", *words, url + address, "copy", cwd=tmp_path)

    assert done.returncode != 0
    assert said in done.stderr


def test_a_fault_stops_a_clone(url: str, world: World, tmp_path: Path) -> None:
    world.faults.add(part="git", kind="reject", status=503)

    assert "503" in _git("clone", "-q", url, "copy", cwd=tmp_path).stderr
    assert [entry["status"] for entry in world.log.since(0, part="git")] == [503]
