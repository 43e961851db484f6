import os
from collections.abc import Iterator

import pytest

from tests.toolchain.docker.fakes import FakeDocker
from tests.toolchain.fakes import Programs
from toolchain.docker import client
from toolchain.docker.client import Docker
from toolchain.errors import SilentError, ToolchainError, UnavailableError


def test_an_engine_that_answers_is_told_with_its_labels(docker: FakeDocker) -> None:
    docker.answers(version="28.2.2", api="1.50", labels=("strata.standins=yes", "other=1"))

    server = Docker().server()

    assert server.version == "28.2.2"
    assert server.takes_standins


@pytest.mark.parametrize("labels", [(), ("strata.standins=no",), ("strata.standins",)])
def test_stand_ins_are_for_an_engine_that_says_so(docker: FakeDocker, labels: tuple[str, ...]) -> None:
    docker.answers(labels=labels)

    assert not Docker().server().takes_standins


@pytest.mark.parametrize(("version", "api"), [("19.03.15", "1.40"), ("1.13.1", "1.26"), ("odd", "?")])
def test_an_engine_too_old_is_refused_with_what_was_found_and_what_is_needed(
    docker: FakeDocker, version: str, api: str
) -> None:
    docker.answers(version=version, api=api)

    with pytest.raises(ToolchainError) as caught:
        Docker().server()

    assert not isinstance(caught.value, UnavailableError)
    assert f"{version} (API {api}), too old: API 1.41 is needed" in caught.value.what
    assert "Docker 20.10 or newer" in caught.value.todo


def test_no_engine_is_unavailable_in_dockers_own_words(docker: FakeDocker) -> None:
    with pytest.raises(UnavailableError, match="Cannot connect to the Docker daemon"):
        Docker().server()


def test_no_command_line_is_unavailable(programs: Programs) -> None:
    with pytest.raises(UnavailableError, match="no `docker` command on PATH"):
        Docker().server()


def test_a_user_who_may_not_speak_to_it_is_told_how_to(docker: FakeDocker) -> None:
    docker.refuses("permission denied while trying to connect to the docker API at unix:///x")

    with pytest.raises(ToolchainError) as caught:
        Docker().server()

    assert not isinstance(caught.value, UnavailableError)
    assert "group `docker`" in caught.value.todo


def test_another_host_that_is_silent_is_named_and_no_engine_is_started_for_it(
    docker: FakeDocker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://10.0.0.1:2375")

    with pytest.raises(ToolchainError, match=r"DOCKER_HOST=tcp://10\.0\.0\.1:2375") as caught:
        Docker().server()

    assert not isinstance(caught.value, UnavailableError)


def test_compose_is_known_or_not(docker: FakeDocker) -> None:
    assert Docker().compose_version() is None

    docker.knows_compose()

    assert Docker().compose_version() == "5.6.1"


def test_an_engine_that_is_silent_is_not_waited_for_and_not_taken_for_none(
    docker: FakeDocker, monkeypatch: pytest.MonkeyPatch
) -> None:
    docker.hangs()
    monkeypatch.setattr(client, "ASK_SECONDS", 0.2)

    with pytest.raises(SilentError, match=r"`docker version` did not end within 0\.2 s") as caught:
        Docker().server()

    assert not isinstance(caught.value, UnavailableError)
    assert "start the Docker Engine anew" in caught.value.todo


def test_an_image_that_does_not_come_in_time_cannot_be_pulled(
    docker: FakeDocker, monkeypatch: pytest.MonkeyPatch
) -> None:
    docker.hangs()
    monkeypatch.setattr(client, "_PULL_SECONDS", 0.2)

    with pytest.raises(UnavailableError, match=r"one:1 cannot be pulled: `docker pull` did not end"):
        Docker().pull("one:1")


@pytest.fixture
def typed() -> Iterator[None]:
    """Somebody's answer waits on this process's stdin."""
    before = os.dup(0)
    end, typing = os.pipe()
    os.write(typing, b"yes\n")
    os.dup2(end, 0)
    yield
    os.dup2(before, 0)
    for descriptor in (before, end, typing):
        os.close(descriptor)


@pytest.mark.usefixtures("typed")
def test_docker_cannot_ask_whoever_started_this(programs: Programs) -> None:
    programs.add("docker", 'if read -r word; then echo "asked" >&2; exit 1; fi\n')

    assert Docker().run(["build", "."], what="building", todo="") == ""
    Docker().pull("one:1")
