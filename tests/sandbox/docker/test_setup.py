"""What a person sees of `--engine docker` before anything is deployed, above all when it cannot be."""

import os
import shutil
from contextlib import closing
from pathlib import Path
from unittest.mock import Mock
from uuid import uuid4

import pytest
from docker.errors import APIError
from requests.exceptions import ReadTimeout

from sandbox import credentials, environment
from sandbox.docker import connection, setup
from sandbox.docker.belongings import Belongings
from sandbox.errors import EngineNotEmptied, EngineUnfit
from sandbox.folder import Engine, Folder
from sandbox.store import Store
from sandbox.world import Ports
from tests.sandbox.docker.conftest import PYTHON
from tests.sandbox.launched import Launched

PORTS = Ports(
    dokploy=1, github=2, git=3, registry=4, ingress=5, openbao=6, openbao_cluster=7, control=8, oidc=9
)


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
    folder.choose(Engine.DOCKER)

    environment.write_docker_config(folder, ports=PORTS, credentials=credentials.load(folder))

    host, laptop = folder.docker_host / "config.json", folder.docker / "config.json"
    assert host.read_text() == laptop.read_text()
    assert host.stat().st_mode & 0o077 == 0


def test_v1_a_simulated_host_holds_no_login(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "sandbox")
    folder.make()

    environment.write_docker_config(folder, ports=PORTS, credentials=credentials.load(folder))

    assert list(folder.docker_host.iterdir()) == []


def test_a_real_host_is_given_the_time_that_it_takes(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "sandbox")
    folder.make()
    known = credentials.load(folder)
    assert environment.variables(folder, ports=PORTS, credentials=known)["STRATA_SETTLE_SECONDS"] == "0.5"

    folder.choose(Engine.DOCKER)

    assert "STRATA_SETTLE_SECONDS" not in environment.variables(folder, ports=PORTS, credentials=known)


@pytest.mark.parametrize("chosen", [Engine.DOCKER, Engine.SIMULATED])
def test_without_an_engine_the_folder_that_knows_what_was_made_there_stays_unless_forced(
    sandbox: Launched, chosen: Engine
) -> None:
    folder = Folder(sandbox.root)
    folder.make()
    folder.made_in_engine.write_text("[]")
    folder.choose(chosen)  # also one that turned to the simulated engine when its first start had failed
    with closing(Store(folder.store)) as store:
        Belongings(store).note(app="staging-data")
    gone = f"unix://{sandbox.root}/none.sock"

    kept = sandbox("down", "--erase", DOCKER_HOST=gone)

    assert kept.returncode == 1
    for told in ("No Docker Engine answers", "staging-data", f"{folder.root} is kept", "--erase --force"):
        assert told in kept.stderr
    assert folder.is_there
    forced = sandbox("down", "--erase", "--force", DOCKER_HOST=gone)
    assert forced.returncode == 0, forced.stderr
    assert "left in the Engine: what was deployed there: staging-data" in forced.stderr
    assert not folder.root.exists()


def test_an_engine_that_was_not_made_ready_to_the_end_is_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Folder(tmp_path / "sandbox")
    folder.make()
    assert not folder.has_used_docker
    client = Mock()
    client.info.side_effect = APIError("no", explanation="it is busy")
    monkeypatch.setattr(connection, "connect", lambda: client)
    monkeypatch.setattr(setup, "_provide_compose", Mock())

    with pytest.raises(EngineUnfit, match="it is busy"):
        setup.prepare(folder, print)

    assert folder.has_used_docker


def test_an_engine_that_breaks_off_while_it_is_emptied_is_one_that_does_not_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Folder(tmp_path / "sandbox")
    folder.make()
    client = Mock()
    client.services.side_effect = ReadTimeout("30 s")
    monkeypatch.setattr(connection, "connect", lambda: client)

    with pytest.raises(EngineNotEmptied, match="broke off"):
        setup.erase(folder, print, force=False)


@pytest.mark.docker
def test_what_cannot_be_removed_keeps_the_folder_until_it_can(sandbox: Launched) -> None:
    folder = Folder(sandbox.root)
    folder.make()
    folder.choose(Engine.DOCKER)
    volume = f"strata-{uuid4().hex[:8]}"
    with closing(Store(folder.store)) as store:
        Belongings(store).note(volume=volume)
    with closing(connection.connect()) as client:
        client.create_volume(volume)
        host = client.create_host_config(binds=[f"{volume}:/data"])
        user = client.create_container(PYTHON, name=volume, host_config=host)["Id"]
        try:
            kept = sandbox("down", "--erase")
            assert kept.returncode == 1
            assert f"{volume}: remove {volume}: volume is in use" in kept.stderr
            assert folder.is_there
        finally:
            client.remove_container(user, v=True)

        assert sandbox("down", "--erase").returncode == 0

        assert volume not in {v["Name"] for v in client.volumes()["Volumes"] or ()}
    assert not folder.root.exists()


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
