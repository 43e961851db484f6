"""What a person sees of `--engine docker` before anything is deployed, above all when it cannot be."""

import os
import shutil
from pathlib import Path
from unittest.mock import Mock

import pytest

from sandbox import credentials, environment
from sandbox.docker import connection, setup
from sandbox.errors import EngineUnfit
from sandbox.folder import Engine, Folder
from sandbox.world import Ports
from tests.sandbox.launched import Launched

PORTS = Ports(dokploy=1, github=2, git=3, registry=4, ingress=5, openbao=6, openbao_cluster=7, control=8)


@pytest.fixture
def sandbox(tmp_path: Path) -> Launched:
    return Launched(tmp_path / "sandbox")


def script(place: Path, text: str) -> str:
    """A folder for PATH with a `docker` of our own."""
    place.mkdir()
    program = place / "docker"
    program.write_text(f"#!/bin/sh\n{text}\n")
    program.chmod(0o755)
    return f"{place}:{os.environ['PATH']}"


def test_without_an_engine_nothing_is_started_and_the_folder_is_free(sandbox: Launched) -> None:
    done = sandbox("up", "--engine", "docker", DOCKER_HOST=f"unix://{sandbox.root}/none.sock")

    assert done.returncode == 1
    assert "No Docker Engine answers at unix://" in done.stderr
    assert "starting the sandbox" not in done.stderr
    assert not (sandbox.root / "daemon.pid").exists()
    assert Folder(sandbox.root).engine is Engine.SIMULATED


def test_an_unknown_engine_is_a_question_of_usage(sandbox: Launched) -> None:
    done = sandbox("up", "--engine", "podman")

    assert done.returncode == 2
    assert "simulated" in done.stderr
    assert not sandbox.root.exists()


def test_a_release_of_what_runs_nothing_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Folder(tmp_path / "sandbox")
    folder.make()
    monkeypatch.setattr(setup.daemon, "running", lambda _: PORTS)

    with pytest.raises(Exception, match="simulated engine runs nothing"):
        setup.publish(folder, "v1.2.0", {}, print)


def test_docker_without_its_command_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Folder(tmp_path / "sandbox")
    folder.make()
    monkeypatch.setattr(connection, "connect", Mock)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(EngineUnfit, match="no `docker` command on PATH"):
        setup.prepare(folder, print)


def test_a_host_without_compose_gets_the_projects_and_one_without_any_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Folder(tmp_path / "sandbox")
    folder.make()
    monkeypatch.setattr(connection, "connect", Mock)
    plugin = folder.docker_host / "cli-plugins" / "docker-compose"
    monkeypatch.setenv("PATH", script(tmp_path / "bin", f"test -x {plugin}"))

    setup._provide_compose(folder)
    assert plugin.is_symlink()

    monkeypatch.setenv("PATH", script(tmp_path / "worse", "exit 1"))
    with pytest.raises(EngineUnfit, match="make toolchain"):
        setup._provide_compose(folder)


def test_the_hosts_logins_are_neither_the_users_nor_the_laptops(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "sandbox")
    folder.make()

    environment.write_docker_config(folder, ports=PORTS, credentials=credentials.load(folder))

    host, laptop = folder.docker_host / "config.json", folder.docker / "config.json"
    assert host.read_text() == laptop.read_text()
    assert host.stat().st_mode & 0o077 == 0


def test_a_real_host_is_given_the_time_that_it_takes(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "sandbox")
    folder.make()
    known = credentials.load(folder)
    assert environment.variables(folder, ports=PORTS, credentials=known)["STRATA_SETTLE_SECONDS"] == "0.5"

    folder.choose(Engine.DOCKER)

    assert "STRATA_SETTLE_SECONDS" not in environment.variables(folder, ports=PORTS, credentials=known)


@pytest.mark.docker
@pytest.mark.xdist_group("containers")  # it may make the Engine's swarm and leave it again
def test_an_image_that_cannot_be_had_leaves_nothing_running(sandbox: Launched, tmp_path: Path) -> None:
    real = shutil.which("docker")
    path = script(
        tmp_path / "bin",
        f'case "$1" in pull|image) echo "no route to host"; exit 1;; *) exec {real} "$@";; esac',
    )
    try:
        done = sandbox("up", "--engine", "docker", PATH=path)

        assert done.returncode == 1
        assert "Pulling docker.io/library/postgres:17.6 failed:\n  | no route to host" in done.stderr
        assert "make docker" in done.stderr
        assert not (sandbox.root / "daemon.pid").exists()
        assert sandbox("status").returncode == 1
    finally:
        erased = sandbox("down", "--erase")
    assert erased.returncode == 0, erased.stderr
    assert not sandbox.root.exists()
