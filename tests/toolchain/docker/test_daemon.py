import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.toolchain.docker.fakes import FAILS, HANGS, WORKS, FakeDocker
from toolchain.docker.client import Docker, Server
from toolchain.docker.daemon import Daemon
from toolchain.errors import SilentError, ToolchainError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "engine"


@pytest.fixture
def daemon(folder: Path, docker: FakeDocker) -> Iterator[Daemon]:
    it = Daemon(folder, docker=Docker())
    yield it
    it.stop()


def runs(pid: int) -> bool:
    return bool(Path(f"/proc/{pid}/cmdline").read_bytes()) if Path(f"/proc/{pid}").exists() else False


def test_it_is_started_detached_and_labelled_with_its_own_data(
    daemon: Daemon, docker: FakeDocker, folder: Path
) -> None:
    docker.add_dockerd()

    server = daemon.start()

    assert server.takes_standins
    (call,) = docker.started
    assert call == f"--label strata.standins=yes --data-root {folder}/data --pidfile {folder}/dockerd.pid"
    pid = int((folder / "dockerd.pid").read_text())
    assert os.getsid(pid) == pid


def test_what_was_started_is_ended_and_known_to_be(daemon: Daemon, docker: FakeDocker, folder: Path) -> None:
    docker.add_dockerd()
    daemon.start()
    pid = int((folder / "dockerd.pid").read_text())

    assert daemon.stop()

    assert not runs(pid)
    assert not daemon.stop()


def test_one_that_ends_at_once_is_told_with_its_last_lines(
    daemon: Daemon, docker: FakeDocker, folder: Path
) -> None:
    docker.add_dockerd(FAILS)

    with pytest.raises(ToolchainError) as caught:
        daemon.start()

    assert "ended with code 1" in caught.value.what
    assert "iptables: Permission denied" in caught.value.what
    assert str(folder / "dockerd.log") in caught.value.what


def test_one_that_never_answers_is_ended(docker: FakeDocker, folder: Path) -> None:
    docker.add_dockerd(HANGS)
    waited: list[float] = []

    with pytest.raises(ToolchainError, match="did not answer within 2 s and was ended"):
        Daemon(folder, docker=Docker(), wait=waited.append, patience=2).start()

    assert sum(waited) == pytest.approx(2)
    processes = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists()]
    assert not any(os.fsencode(folder) in command for command in processes)


def test_one_that_listens_and_stays_silent_is_ended_too(docker: FakeDocker, folder: Path) -> None:
    """dockerd listens first and then takes up its containers: silence is waited for, within limits."""
    docker.add_dockerd(HANGS)
    waited: list[float] = []
    asked: list[str] = []

    class Silent(Docker):
        def server(self) -> Server:
            asked.append("version")
            raise SilentError("silent", todo="")

    with pytest.raises(ToolchainError, match="did not answer within 45 s and was ended"):
        Daemon(folder, docker=Silent(), wait=waited.append, patience=45).start()

    assert len(asked) == 2  # half a minute each
    assert waited == []


def test_one_that_cannot_be_used_is_not_left_running(docker: FakeDocker, folder: Path) -> None:
    docker.add_dockerd(WORKS.replace('"1.41"', '"1.40"'))
    daemon = Daemon(folder, docker=Docker())

    with pytest.raises(ToolchainError, match="too old"):
        daemon.start()

    assert not daemon.stop()


def test_a_pid_that_came_again_is_not_taken_for_it(daemon: Daemon, folder: Path) -> None:
    folder.mkdir()
    (folder / "dockerd.pid").write_text(str(os.getpid()))

    assert not daemon.stop()  # this test would have ended here


def test_the_pid_file_of_one_that_was_killed_is_not_in_the_way(
    daemon: Daemon, docker: FakeDocker, folder: Path
) -> None:
    folder.mkdir()
    (folder / "dockerd.pid").write_text(str(os.getpid()))
    docker.add_dockerd("assert not pathlib.Path(sys.argv[-1]).exists()\nsys.exit(7)")

    with pytest.raises(ToolchainError, match="ended with code 7"):
        daemon.start()
