import io
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.toolchain.docker.fakes import FakeDocker
from tests.toolchain.fakes import Programs
from toolchain.docker import host
from toolchain.docker.host import Host
from toolchain.errors import ToolchainError
from toolchain.layout import Layout
from toolchain.progress import Progress
from toolchain.standins.builder import StandIns


@pytest.fixture(autouse=True)
def built(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Stand-ins are missing until they are provided once."""
    calls: list[str] = []
    monkeypatch.setattr(StandIns, "missing", lambda self: [] if calls else ["one"])
    monkeypatch.setattr(StandIns, "provide", lambda self: calls.append("built"))
    return calls


@pytest.fixture(autouse=True)
def root_on_linux_without_systemd(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr(host, "_SYSTEMD", tmp_path / "none")


@pytest.fixture
def machine(layout: Layout, progress: Progress, docker: FakeDocker) -> Iterator[Host]:
    compose = layout.venv / "bin" / "docker-compose"
    compose.parent.mkdir(parents=True)
    compose.write_text("compose")
    it = Host(layout, progress=progress)
    yield it
    it.stop()


def test_an_engine_that_answers_is_left_as_it_is(machine: Host, docker: FakeDocker, built: list[str]) -> None:
    docker.answers()
    docker.knows_compose()
    docker.add_dockerd()

    assert machine.ready() == "docker 20.10.24+dfsg1, compose 5.6.1"
    assert machine.install() == "docker 20.10.24+dfsg1, compose 5.6.1"
    assert docker.started == []
    assert docker.swarms == []
    assert built == []


def test_an_engine_that_takes_stand_ins_gets_those_that_are_missing(
    machine: Host, docker: FakeDocker, built: list[str]
) -> None:
    docker.answers(labels=("strata.standins=yes",))
    docker.knows_compose()

    assert machine.ready() is None
    assert machine.install().endswith("compose 5.6.1, with stand-ins")
    assert machine.ready() == machine.install()
    assert built[0] == "built"


def test_an_engine_of_ours_is_a_swarm_for_good_so_that_no_sandbox_has_to_leave_one(
    machine: Host, docker: FakeDocker, built: list[str]
) -> None:
    docker.answers(labels=("strata.standins=yes",))
    docker.knows_compose()
    built.append("before")

    assert machine.ready() is None
    machine.install()
    machine.install()

    assert docker.swarms == [
        "swarm init --advertise-addr 127.0.0.1 --listen-addr 127.0.0.1:2377",
    ]
    assert machine.ready() is not None


def test_where_none_runs_dockerd_is_started_and_compose_put_beside_it(
    machine: Host, docker: FakeDocker, built: list[str], tmp_path: Path
) -> None:
    docker.add_dockerd()

    assert machine.ready() is None
    assert machine.install() == "docker 20.10.24, compose 5.6.1, with stand-ins"
    assert machine.ready() == "docker 20.10.24, compose 5.6.1, with stand-ins"
    assert (tmp_path / "home/.docker/cli-plugins/docker-compose").read_text() == "compose"
    assert len(docker.started) == 1


def test_two_runs_at_once_start_one_engine(
    machine: Host, docker: FakeDocker, layout: Layout, progress: Progress
) -> None:
    docker.add_dockerd()
    runs = [threading.Thread(target=Host(layout, progress=progress).install) for _ in range(2)]
    for run in runs:
        run.start()
    for run in runs:
        run.join(20)

    assert len(docker.started) == 1


def test_where_it_is_not_installed_debian_gives_it(
    machine: Host, docker: FakeDocker, programs: Programs, tmp_path: Path, said: io.StringIO
) -> None:
    (tmp_path / "debian").mkdir()
    docker.add_dockerd(folder=tmp_path / "debian")
    moves = f'if [ "$2" = install ]; then /bin/mv {tmp_path}/debian/dockerd {programs.folder}/dockerd; fi\n'
    programs.add("apt-get", moves)

    assert machine.install() == "docker 20.10.24, compose 5.6.1, with stand-ins"
    (call,) = programs.calls("apt-get")
    assert call.endswith("docker.io")
    assert "`make docker` installs docker.io on this machine: apt-get, as root" in said.getvalue()


def test_a_changed_configuration_file_is_kept_and_nobody_is_asked(
    machine: Host, programs: Programs, tmp_path: Path
) -> None:
    programs.add("apt-get", f'echo "$DEBIAN_FRONTEND" > {tmp_path}/frontend; exit 100\n')

    with pytest.raises(ToolchainError):
        machine.install()

    assert "-o Dpkg::Options::=--force-confold docker.io" in programs.calls("apt-get")[0]
    assert (tmp_path / "frontend").read_text() == "noninteractive\n"


def test_lists_of_debian_that_are_too_old_are_fetched_anew(
    machine: Host, docker: FakeDocker, programs: Programs, tmp_path: Path
) -> None:
    programs.add("apt-get", "exit 100\n")

    with pytest.raises(ToolchainError, match=r"installing docker\.io") as caught:
        machine.install()

    assert [call.split()[1] for call in programs.calls("apt-get")] == ["install", "update", "install"]
    assert "`apt-get update` by hand" in caught.value.todo


@pytest.mark.parametrize(
    ("platform", "user", "todo"),
    [("darwin", 501, "start Docker Desktop"), ("linux", 1000, "sudo systemctl start docker")],
)
def test_who_may_not_start_one_is_told_how_to_get_one(
    machine: Host, docker: FakeDocker, monkeypatch: pytest.MonkeyPatch, platform: str, user: int, todo: str
) -> None:
    docker.add_dockerd()
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr("os.geteuid", lambda: user)

    with pytest.raises(ToolchainError, match="no Docker Engine answers") as caught:
        machine.install()

    assert todo in caught.value.todo
    assert docker.started == []


def test_root_without_dockerd_and_without_apt_is_told_to_install_it(machine: Host) -> None:
    with pytest.raises(ToolchainError, match="no Docker Engine answers") as caught:
        machine.install()

    assert "install Docker" in caught.value.todo


def test_where_systemd_rules_it_is_asked_to_start_it(
    machine: Host, docker: FakeDocker, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    docker.add_dockerd()
    monkeypatch.setattr(host, "_SYSTEMD", tmp_path)

    with pytest.raises(ToolchainError) as caught:
        machine.install()

    assert "systemctl start docker" in caught.value.todo
    assert docker.started == []


def test_a_persons_own_docker_gets_no_plugin(machine: Host, docker: FakeDocker, tmp_path: Path) -> None:
    docker.answers()

    with pytest.raises(ToolchainError, match="does not know `docker compose`"):
        machine.install()

    assert not (tmp_path / "home").exists()


def test_an_engine_too_old_is_not_replaced(machine: Host, docker: FakeDocker) -> None:
    docker.answers(version="18.09", api="1.39")
    docker.add_dockerd()

    with pytest.raises(ToolchainError, match="too old"):
        machine.ready()
    with pytest.raises(ToolchainError, match="too old"):
        machine.install()
    assert docker.started == []


def test_stop_ends_only_what_was_started_here(machine: Host, docker: FakeDocker, said: io.StringIO) -> None:
    docker.answers()

    machine.stop()

    assert "nothing to stop" in said.getvalue()
