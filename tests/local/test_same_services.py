"""C7: `pulumi up --stack local` and `docker compose up` give the same containers, compared one by one."""

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from tests.local.compared import differences
from tests.local.conftest import SMALL
from tests.local.machine import Machine, application_files, copied, docker, wait_until

pytestmark = [pytest.mark.docker, pytest.mark.xdist_group("local-same")]

COMMIT = "0123456789abcdef0123456789abcdef01234567"
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


@dataclass(frozen=True, kw_only=True)
class Ways:
    """The five services of this repository, started by one and then by the other, on the same ports.

    Attributes:
        pulumi: service to `docker inspect`, while it ran.
        compose: the same.
        saved: what `/health` said after a save of the backend's source.
        page: what the page's server gave for a source before and after its save.
        proxied: what `/health` said at the page's own address.
        left: of Pulumi's after its destroy.
        ci: service to `docker inspect`, while stack `ci` ran.
        health: what the backend of `ci` said of itself.
        left_of_ci: after its destroy.
    """

    pulumi: Mapping[str, Any]
    compose: Mapping[str, Any]
    saved: Mapping[str, Any]
    page: tuple[str, str]
    proxied: Mapping[str, Any]
    left: list[str]
    ci: Mapping[str, Any]
    health: Mapping[str, Any]
    left_of_ci: list[str]


@pytest.fixture(scope="module")
def ways(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ways]:
    place = tmp_path_factory.mktemp("application")
    files = application_files(place / "files")
    machine = Machine(place=place / "m", files=files, environment={"GIT_COMMIT": COMMIT})
    try:
        machine.up().ok()
        services = machine.outputs()["services"]
        pulumi = {name: machine.inspected(container) for name, container in services.items()}
        page, proxied = _saved_page(machine)
        saved = _saved(machine)
        machine.destroy().ok()
        left = machine.left()
        ci, health = _in_ci(machine)
        left_of_ci = [*machine.left(), *_nameless(ci)]
        machine.compose("up", "--build", "--wait", "--detach").ok()
        compose = {name: machine.composed(name) for name in services}
        machine.compose("down", "--volumes", "--rmi", "local").ok()
        yield Ways(
            pulumi=pulumi,
            compose=compose,
            saved=saved,
            page=page,
            proxied=proxied,
            left=left,
            ci=ci,
            health=health,
            left_of_ci=left_of_ci,
        )
    finally:
        machine.clear()


DATA = {"postgres": "/var/lib/postgresql/data", "minio": "/data"}
# From inside: `ci` publishes nothing.
_ASK = "import urllib.request; print(urllib.request.urlopen('http://127.0.0.1:8000/health').read().decode())"


def _in_ci(machine: Machine) -> tuple[dict[str, Any], dict[str, Any]]:
    """Start stack `ci`, ask its backend, destroy it; its images' steps are those of `local`."""
    machine.up("ci").ok()
    services = machine.outputs("ci")["services"]
    found = {name: machine.inspected(container) for name, container in services.items()}
    health = json.loads(docker("exec", services["backend"], "python", "-c", _ASK))
    machine.destroy("ci").ok()
    return found, health


def _nameless(inspected: Mapping[str, Any]) -> list[str]:
    """Volumes of these containers that are there: an image's own have no name to look for."""
    mounts = [mount for one in inspected.values() for mount in one["Mounts"] if mount["Type"] == "volume"]
    return sorted({mount["Name"] for mount in mounts} & set(docker("volume", "ls", "--quiet").split()))


def _saved(machine: Machine) -> Mapping[str, Any]:
    """Save a line of the backend's source and ask until it is served."""
    source = machine.files / "apps" / "backend" / "src" / "backend" / "identity.py"
    text = source.read_text(encoding="utf-8")
    changed = text.replace('env.get("VERSION") or "unreleased"', '"after-a-save"')
    assert changed != text
    source.write_text(changed, encoding="utf-8")
    url = f"http://127.0.0.1:{machine.environment['BACKEND_PORT']}/health"

    def health() -> dict[str, Any]:
        with suppress(httpx.HTTPError):
            return dict(httpx.get(url, trust_env=False).json())
        return {}

    wait_until(lambda: health().get("version") == "after-a-save")
    return health()


def _saved_page(machine: Machine) -> tuple[tuple[str, str], Mapping[str, Any]]:
    """Ask for a source, save it and ask until it is given anew: Vite keeps it until it sees a save."""
    url = f"http://127.0.0.1:{machine.environment['FRONTEND_PORT']}"
    source = machine.files / "apps" / "frontend" / "src" / "main.ts"

    def given() -> str:
        return httpx.get(f"{url}/src/main.ts", trust_env=False, timeout=30).text

    before = given()
    source.write_text(
        f"{source.read_text(encoding='utf-8')}\nconsole.info('after-a-save');\n", encoding="utf-8"
    )
    wait_until(lambda: "after-a-save" in given())
    return (before, given()), httpx.get(f"{url}/health", trust_env=False, timeout=30).json()


@pytest.mark.parametrize("service", ["postgres", "redis", "minio", "backend", "frontend"])
def test_c7_each_of_the_five_services_is_the_same_both_ways(ways: Ways, service: str) -> None:
    assert differences(ways.pulumi[service], ways.compose[service]) == {}


def test_c7_there_are_five_and_all_become_healthy_both_ways(ways: Ways) -> None:
    health = [one["State"]["Health"]["Status"] for one in (*ways.pulumi.values(), *ways.compose.values())]

    assert health == ["healthy"] * 10


def test_a_save_of_the_backends_source_is_served_without_a_new_container(ways: Ways) -> None:
    assert ways.saved["version"] == "after-a-save"


def test_a_save_of_the_pages_source_is_served_without_a_new_container(ways: Ways) -> None:
    before, after = ways.page

    assert "import" in before
    assert "after-a-save" not in before
    assert "after-a-save" in after


def test_the_pages_own_address_leads_to_the_backend_while_one_works_on_the_page(ways: Ways) -> None:
    assert ways.proxied["checks"].keys() == {"database", "cache", "storage"}


def test_c8_health_tells_the_images_commit_also_with_the_source_mounted(ways: Ways) -> None:
    assert ways.saved["commit"] == COMMIT


def test_c8_the_application_is_well_in_ci_with_its_data_in_memory(ways: Ways) -> None:
    """PostgreSQL and MinIO within their limits on tmpfs, which counts as their memory."""
    kept = {name: [(one["Destination"], one["Type"]) for one in ways.ci[name]["Mounts"]] for name in DATA}

    assert ways.health["status"] == "ok"
    assert ways.health["environment"] == "ci"
    assert set(ways.health["checks"].values()) == {"ok"}
    assert len(ways.ci) == 5
    assert kept == {name: [(place, "tmpfs")] for name, place in DATA.items()}
    assert {one["State"]["OOMKilled"] for one in ways.ci.values()} == {False}


def test_c4_a_destroy_of_ci_leaves_nothing(ways: Ways) -> None:
    assert ways.left_of_ci == []


def test_a_destroy_leaves_no_container_no_network_no_volume_and_no_image(ways: Ways) -> None:
    assert ways.left == []
