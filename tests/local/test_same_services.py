"""C7: `pulumi up --stack local` and `docker compose up` give the same containers, compared one by one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.local.compared import differences
from tests.local.conftest import SMALL
from tests.local.machine import Machine, application_files, copied

pytestmark = [pytest.mark.docker, pytest.mark.xdist_group("local-same")]

# One change of each thing that is compared, as an override of the small files.
CHANGES = {
    "env": {"environment": {"EMPTY": "not any more"}},
    "cmd": {"command": ["sleep 5"]},
    "entrypoint": {"entrypoint": ["/bin/sh", "-c"]},
    "user": {"user": "1001:1000"},
    "working_dir": {"working_dir": "/"},
    "labels": {"labels": {"small.label": "three"}},
    "healthcheck": {"healthcheck": {"retries": 3}},
    "stop": {"stop_grace_period": "4s"},
    "limits": {"mem_limit": "33m"},
    "shm": {"shm_size": "65m"},
    "init": {"init": False},
    "read_only": {"read_only": False},
    "restart": {"restart": "always"},
    "log": {"logging": {"options": {"max-size": "6m"}}},
    "ports": {"ports": ["127.0.0.1:19999:8002"]},
    "tmpfs": {"tmpfs": ["/run/other"]},
    "mounts": {"volumes": ["./api/src:/mounted"]},
    "aliases": {"networks": {"default": {"aliases": ["another"]}}},
}


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """The small services twice: running from Pulumi, created by Compose (ports can be had once only)."""
    place = tmp_path_factory.mktemp("same")
    machine = Machine(place=place / "m", files=copied(SMALL, place / "files"))
    machine.up().ok()
    machine.compose("create", "--build").ok()
    yield machine
    machine.clear()


@pytest.mark.parametrize("service", ["store", "backend"])
def test_c7_every_key_that_the_reader_knows_has_the_same_effect(both: Machine, service: str) -> None:
    assert differences(both.inspected(both.name(service)), both.composed(service)) == {}


@pytest.mark.parametrize("what", list(CHANGES))
def test_c7_a_difference_is_found(both: Machine, what: str, tmp_path: Path) -> None:
    change = tmp_path / "change.yml"
    change.write_text(yaml.safe_dump({"services": {"backend": CHANGES[what]}}), encoding="utf-8")
    files = f"{both.environment['COMPOSE_FILE']}:{change}"
    other = Machine(place=tmp_path / "m", files=both.files, environment={"COMPOSE_FILE": files})
    try:
        ports = {name: both.environment[name] for name in ("BACKEND_PORT", "REDIS_PORT", "MINIO_PORT")}
        other.compose("create", "--build", **ports).ok()
        found = differences(both.inspected(both.name("backend")), other.composed("backend"))
    finally:
        other.clear()

    assert list(found) == [what]


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """The five services of this repository, from Pulumi; Compose's come after them, on the same ports."""
    place = tmp_path_factory.mktemp("application")
    machine = Machine(place=place / "m", files=application_files(place / "files"))
    yield machine
    machine.clear()


def test_c7_the_five_services_are_the_same_and_healthy_both_ways(application: Machine) -> None:
    application.up().ok()
    services = application.outputs()["services"]
    ours = {name: application.inspected(container) for name, container in services.items()}
    application.destroy().ok()
    left = application.left()

    application.compose("up", "--build", "--wait", "--detach").ok()
    theirs = {name: application.composed(name) for name in services}
    application.compose("down", "--volumes", "--rmi", "local").ok()

    assert set(services) == {"postgres", "redis", "minio", "backend", "frontend"}
    assert {name: differences(ours[name], theirs[name]) for name in services} == {
        name: {} for name in services
    }
    assert {one["State"]["Health"]["Status"] for one in (*ours.values(), *theirs.values())} == {"healthy"}
    assert left == []
