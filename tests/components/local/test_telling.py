import pytest

from components.local import telling
from components.local.engine import Container
from tests.components.local.docker import inspected
from tests.components.local.plans import plan

BUILDKIT = """#0 building with "default" instance using docker driver

#7 [3/3] RUN echo the-reason >&2; exit 7
#7 0.489 the-reason
#7 ERROR: executor failed running [/bin/sh -c echo the-reason >&2; exit 7]: exit code: 7
------
 > [3/3] RUN echo the-reason >&2; exit 7:
0.489 the-reason
------
"""


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ({"state": "running", "health": "healthy"}, None),
        ({"state": "running", "health": "starting"}, None),
        ({"state": "created", "health": None}, None),
        ({"state": "exited", "exit_code": 3}, "a ended with exit code 3 instead of becoming healthy"),
        ({"state": "restarting", "restarts": 1, "exit_code": 4}, "started again: its last exit code was 4"),
        ({"state": "running", "health": "starting", "restarts": 1}, "a ended and was started again"),
        ({"state": "running", "health": "unhealthy", "check": "no pong"}, "its health check says: no pong"),
    ],
)
def test_what_is_the_end_and_what_is_not(state: dict[str, object], said: str | None) -> None:
    told = telling.ended("a", Container.parse(inspected("a", **state)))  # type: ignore[arg-type]  # as given

    assert (told is None) if said is None else (told is not None and said in told)


def test_a_container_that_has_gone_is_the_end() -> None:
    assert telling.ended("a", None) == "a has gone: somebody removed its container"


def test_o3_a_report_says_what_happened_and_what_was_printed() -> None:
    assert telling.report("a ended", ["one", "two"]) == "a ended.\nThe last it printed:\n  one\n  two"
    assert telling.report("a ended", []) == "a ended.\nIt has printed nothing."


def test_o3_of_local_it_is_said_how_to_look_and_how_to_remove_it() -> None:
    assert telling.left(plan(), container="small-local-a") == (
        "What has started is left as it is, so that you can look: `docker logs small-local-a`. "
        "Next: correct it and `pulumi up --stack local`, or remove everything with "
        "`pulumi destroy --stack local`."
    )


@pytest.mark.parametrize(
    ("remains", "said"),
    [
        (
            [],
            "Nothing is left running: the stack's containers and its network were removed. Next: correct it",
        ),
        (["container x", "network y"], "could not be cleared, still there: container x, network y. Next: "),
        (None, "could not be cleared, Docker does not say what is still there. Next: when `docker version`"),
    ],
)
def test_o3_of_ci_it_is_said_what_is_left_and_nothing_only_if_that_is_so(
    remains: list[str] | None, said: str
) -> None:
    told = telling.left(plan("ci"), remains, container="small-ci-a")

    assert said in told
    assert "`pulumi destroy --stack ci` clears the state" in told
    assert ("--filter label=strata.stack=small/ci@12345678)`" in told) == (remains != [])


def test_of_a_build_the_step_that_failed_is_shown() -> None:
    assert telling.of_build(BUILDKIT) == [" > [3/3] RUN echo the-reason >&2; exit 7:", "the-reason"]


def test_of_a_build_without_a_failed_step_the_last_lines_are_shown() -> None:
    log = "\n".join(f"line {number}" for number in range(50))

    assert telling.of_build(log) == [f"line {number}" for number in range(30, 50)]


@pytest.mark.parametrize(
    "error",
    [
        "Bind for 127.0.0.1:8000 failed: port is already allocated",
        "Bind for 0.0.0.0:8000 failed: port is already allocated",
        "Bind for :::8000 failed: port is already allocated",
        "Bind for [::1]:8000 failed: port is already allocated",
        "failed to bind host port for 127.0.0.1:8000:172.18.0.2:9000/tcp: address already in use",
        "failed to bind host port 127.0.0.1:8000/tcp: address already in use",
        "Error starting userland proxy: listen tcp4 127.0.0.1:8000: bind: address already in use",
        "Error starting userland proxy: listen udp6 [::1]:8000: bind: address already in use",
    ],
)
def test_a_port_that_was_taken_meanwhile_is_named_with_its_variable(error: str) -> None:
    said = telling.of_plugin("backend", [f"driver failed programming external connectivity: {error}"], plan())

    assert "port 8000 was taken meanwhile. Next: set BACKEND_PORT to a free one" in said


def test_an_address_that_is_in_use_and_no_port_is_told_as_docker_says_it() -> None:
    assert "Address already in use" in telling.of_plugin("backend", ["Address already in use"], plan())


def test_a_name_that_is_in_use_is_told_with_the_command_that_frees_it() -> None:
    error = 'Conflict. The container name "/small-local-backend" is already in use by container "12".'

    assert "`docker rm -f small-local-backend`" in telling.of_plugin("backend", [error], plan())


def test_an_image_that_cannot_be_pulled_is_told_with_the_command_that_says_more() -> None:
    error = "Unable to read: unable to pull image docker.io/x:1.0: error pulling image: no such host"

    said = telling.of_plugin("store", [error], plan())

    assert "the image of store cannot be pulled: error pulling image: no such host." in said
    assert "Next: `docker pull docker.io/x:1.0`" in said


def test_anything_else_is_dockers_own_word_without_the_wrapping() -> None:
    error = "1 error occurred:\n\t* creating urn:pulumi:x: 1 error occurred:\n\t* no such image\n\n"

    said = telling.of_plugin("backend", [error], plan())

    assert said == "backend cannot be made: no such image"
