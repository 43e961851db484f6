from collections.abc import Callable

import pulumi
import pytest

from components.local.engine import Engine, EngineSilent, find_engine
from tests.components.local.docker import FakeDocker, inspected


def found(docker: FakeDocker, *, installed: bool = True) -> Engine:
    return find_engine(which=lambda name: name if installed else None, run=docker.run, env={})


def refused(docker: FakeDocker, *, installed: bool = True) -> str:
    with pytest.raises(pulumi.RunError) as caught:
        found(docker, installed=installed)
    return str(caught.value)


def test_the_engine_is_the_one_of_the_command_lines_context() -> None:
    assert found(FakeDocker()).host == "unix:///run/docker.sock"


def test_docker_that_is_not_installed_is_not_asked() -> None:
    docker = FakeDocker()

    assert "Next: install Docker Engine or Docker Desktop" in refused(docker, installed=False)
    assert docker.asked == []


def test_docker_that_does_not_run_is_told_with_the_last_line_it_said() -> None:
    said = refused(FakeDocker(error="warning\nCannot connect to the Docker daemon.\n"))

    assert "unix:///run/docker.sock (Cannot connect to the Docker daemon.)" in said
    assert "`make docker`" in said


def test_a_missing_permission_has_its_own_remedy() -> None:
    assert "usermod -aG docker" in refused(FakeDocker(error="permission denied while trying to connect"))


def test_docker_that_hangs_ends_the_run() -> None:
    assert "has not answered within 60 s" in refused(FakeDocker(hangs=True))


@pytest.mark.parametrize(("api", "taken"), [("1.40", False), ("1.41", True), ("1.100", True), ("2.0", True)])
def test_versions_are_compared_as_numbers(api: str, *, taken: bool) -> None:
    docker = FakeDocker(version={"Server": {"Version": "x", "ApiVersion": api}})

    if taken:
        assert found(docker)
    else:
        assert "needs API 1.41" in refused(docker)


def test_a_container_is_read_from_what_docker_says() -> None:
    docker = FakeDocker(there=[inspected("a", port=8000, labels={"x": "y"}, check=" pong\n"), inspected("b")])

    first, second = docker.engine.containers("label=x")

    assert (first.name, first.ports, first.labels, first.last_check) == ("a", {8000}, {"x": "y"}, "pong")
    assert second.ports == frozenset()
    assert docker.asked[0] == ["ps", "--all", "--quiet", "--no-trunc", "--filter", "label=x"]


@pytest.mark.parametrize(
    ("state", "health", "well"),
    [
        ("running", "healthy", True),
        ("running", None, True),
        ("running", "starting", False),
        ("running", "unhealthy", False),
        ("exited", "healthy", False),
        ("created", None, False),
    ],
)
def test_a_container_is_well_when_it_runs_and_nothing_says_otherwise(
    state: str, health: str | None, *, well: bool
) -> None:
    engine = FakeDocker(there=[inspected("a", state=state, health=health)]).engine

    assert [one.well for one in engine.containers()] == [well]


def test_removing_takes_containers_before_their_network() -> None:
    docker = FakeDocker(there=[inspected("a"), inspected("b")])

    assert docker.engine.remove("strata.stack=small/ci") == []

    assert [words for words in docker.asked if "rm" in words] == [
        ["rm", "--force", "--volumes", "a", "b"],
        ["network", "rm", "the-network"],
    ]


def test_removing_says_what_is_left() -> None:
    docker = FakeDocker(there=[inspected("a"), inspected("b")], stuck=frozenset({"b"}))

    assert docker.engine.remove("strata.stack=small/ci") == ["container b"]


QUESTIONS: dict[str, Callable[[Engine], object]] = {
    "ps": lambda engine: engine.containers(),
    "inspect": lambda engine: engine.container("a"),
    "network ls": lambda engine: engine.networks("a=b"),
    "volume ls": lambda engine: engine.labels("volume", {"a"}),
    "rm": lambda engine: engine.remove_container("a"),
}


@pytest.mark.parametrize("question", list(QUESTIONS))
def test_docker_that_goes_away_is_not_taken_for_one_that_knows_nothing(question: str) -> None:
    """`docker inspect` prints `[]` and ends with 1 in both cases (2026-11-23)."""
    docker = FakeDocker(gone="Cannot connect to the Docker daemon at unix:///x. Is it running?\n")

    with pytest.raises(EngineSilent, match=rf"`docker {question}` \(Cannot connect to the Docker daemon"):
        QUESTIONS[question](docker.engine)


@pytest.mark.parametrize("question", list(QUESTIONS))
def test_docker_that_falls_silent_is_said_with_the_limit(question: str) -> None:
    with pytest.raises(EngineSilent, match=rf"has not answered `docker {question}` within 60 s"):
        QUESTIONS[question](FakeDocker(hangs=True).engine)


def test_what_docker_does_not_know_is_none() -> None:
    assert FakeDocker().engine.container("a") is None


def test_a_log_that_cannot_be_had_is_empty() -> None:
    assert FakeDocker(hangs=True).engine.log("a", lines=3) == []
    assert FakeDocker().engine.log("a", lines=3) == []
