"""What is registered for a local stack; what Docker makes of it is tests/local's."""

from pathlib import Path

import pulumi
import pytest

from components.local import LocalIntegration, builds
from tests.components.local.plans import plan
from tests.program import recording


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(builds, "FOLDER", tmp_path)
    return tmp_path


def ran(stack: str = "local") -> recording.Run:
    run = recording.record(lambda: LocalIntegration(planned=plan(stack)), stack=stack)
    assert run.error is None
    return run


def test_c7_everything_that_the_files_say_is_registered() -> None:
    kinds = [one.type.rsplit(":", 1)[1] for one in ran().resources]

    assert {kind: kinds.count(kind) for kind in sorted(set(kinds))} == {
        "Container": 3,
        "LocalIntegration": 1,
        "Network": 1,
        "RemoteImage": 3,
        "Volume": 1,
        "docker": 1,
    }


def test_ci_has_no_volume() -> None:
    assert ran("ci").of("Volume") == []


def test_a_service_comes_after_those_that_it_waits_for() -> None:
    run = ran()

    assert {"local-store", "local-store-image", "local-network", "local-store-volume"} <= run.before(
        "local-backend"
    )
    assert "local-backend" in run.before("local-frontend")
    assert "local-frontend" not in run.before("local-backend")


def test_s3_the_network_is_made_before_any_volume_because_docker_gives_its_name_once() -> None:
    assert "local-network" in ran().before("local-store-volume")


def test_every_docker_resource_is_made_by_the_engine_that_docker_talks_to() -> None:
    """The default provider would ask for a Docker configuration file, because of `docker:registryAuth`."""
    run = ran()
    made = [one for one in run.resources if one.type.startswith("docker:")]

    assert run.one("local-engine").inputs == {"host": "unix:///run/docker.sock"}
    assert {one.provider for one in made} == {"local-engine"}


def test_s3_all_that_can_carry_a_label_carries_the_owner() -> None:
    run = ran()
    labelled = run.of("Container") + run.of("Network") + run.of("Volume")

    assert {
        one.name: {"label": "strata.stack", "value": "small/local@12345678"} in one.inputs["labels"]
        and {"label": "strata.checkout", "value": "/checkout"} in one.inputs["labels"]
        for one in labelled
    } == {one.name: True for one in labelled}


def test_an_images_name_says_what_it_is_built_from(cache: Path) -> None:
    built, pulled = ran().one("local-backend-image").inputs, ran().one("local-store-image").inputs

    assert built["name"] == "small-local-backend:0123456789ab"
    assert built["build"]["context"] == "/checkout/api"
    assert built["build"]["buildArgs"] == {"GIT_COMMIT": "abc"}
    assert built["build"]["buildLogFile"] == f"{cache}/small-local-backend.log"
    assert pulled == {"name": "docker.io/library/redis:8.2.1", "keepLocally": True}


def test_the_log_of_the_build_before_is_gone(cache: Path) -> None:
    log = cache / "small-local-backend.log"
    log.write_text("of the last run")

    ran()

    assert log.read_text() == ""


def test_a_preview_leaves_the_log_of_the_build_to_the_up_that_may_be_writing_it(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = cache / "small-local-backend.log"
    log.write_text("of the up beside it")
    monkeypatch.setattr(pulumi.runtime, "is_dry_run", lambda: True)

    run = ran()

    assert log.read_text() == "of the up beside it"
    assert run.one("local-backend-image").inputs["build"]["buildLogFile"] == str(log)


@pytest.mark.parametrize("variable", ["HOME", "XDG_CACHE_HOME"])
def test_another_home_is_no_change_of_an_image(
    variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same stack from cron, sudo or another shell would show a difference."""
    before = ran().one("local-backend-image").inputs

    monkeypatch.setenv(variable, str(tmp_path / "elsewhere"))

    assert ran().one("local-backend-image").inputs == before


def test_the_outputs_say_where_to_begin() -> None:
    exports = recording.record(exported, stack="local").exports

    assert exports["url"] == "http://localhost:3000"
    assert exports["ports"] == {"backend": 8000, "frontend": 3000}
    assert exports["services"]["backend"] == "small-local-backend"
    assert exports["healthCommand"] == "curl -fsS http://127.0.0.1:8000/health"


def exported() -> None:
    for name, value in LocalIntegration(planned=plan()).exports.items():
        pulumi.export(name, value)
