from pathlib import Path
from typing import Any

import pytest

from sandbox.docker import connection
from sandbox.errors import EngineUnfit
from tests.sandbox.docker.fakes import engine_at


def refusal(monkeypatch: pytest.MonkeyPatch, host: str, platform: str = "linux") -> str:
    monkeypatch.setenv("DOCKER_HOST", host)
    with pytest.raises(EngineUnfit) as error:
        connection.connect(platform=platform)
    return str(error.value)


def test_docker_that_does_not_run_is_said_with_how_to_start_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = refusal(monkeypatch, f"unix://{tmp_path}/none.sock")

    assert f"unix://{tmp_path}/none.sock" in said
    assert "there is no such socket" in said
    assert "systemctl start docker" in said
    assert "make docker" in said


def test_an_engine_that_is_too_old_is_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with engine_at(tmp_path / "old.sock", "1.40") as host:
        said = refusal(monkeypatch, host)

    assert "19.3 with API 1.40; 1.41 or newer is needed" in said


@pytest.mark.parametrize(
    ("info", "called"),
    [
        ({"SecurityOptions": ["name=seccomp,profile=builtin", "name=rootless"]}, "is rootless"),
        ({"SecurityOptions": None, "OperatingSystem": "Docker Desktop"}, "is Docker Desktop's"),
    ],
)
def test_an_engine_whose_containers_this_machine_does_not_reach_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, info: dict[str, Any], called: str
) -> None:
    with engine_at(tmp_path / "apart.sock", "1.52", **info) as host:
        said = refusal(monkeypatch, host)

    assert called in said
    assert "DOCKER_HOST=unix:///var/run/docker.sock" in said


def test_a_new_one_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = {"SecurityOptions": ["name=seccomp,profile=default"], "OperatingSystem": "Debian GNU/Linux 12"}
    with engine_at(tmp_path / "new.sock", "1.52", **usual) as host:
        monkeypatch.setenv("DOCKER_HOST", host)
        connection.connect(platform="linux").close()


@pytest.mark.parametrize("host", ["tcp://10.0.0.1:2375", "ssh://me@server"])
def test_another_machines_engine_is_refused(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    assert "of this machine" in refusal(monkeypatch, host)


def test_where_containers_run_in_a_virtual_machine_it_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "needs Linux" in refusal(monkeypatch, "unix:///var/run/docker.sock", platform="darwin")
