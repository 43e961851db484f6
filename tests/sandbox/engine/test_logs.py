import pytest

from tests.sandbox.conftest import Clock
from tests.sandbox.hosts import Host

IMAGE = "ghcr.io/zitian-party/finance-report-backend:v1"
PRINTS = {"strata.sandbox.prints": "ready\nPASSWORD=canary"}


def up(host: Host, *, behaviour: str = "ok") -> None:
    host.publish("v1", behaviour, **PRINTS)
    host.up("app", f"services: {{web: {{image: '{IMAGE}'}}}}")


def test_a_container_prints_its_start_and_what_its_image_says(host: Host) -> None:
    up(host)

    assert host.run("logs", "app-web-1").lines == [f"web started ({IMAGE})", "ready", "PASSWORD=canary"]


@pytest.mark.parametrize(
    ("tail", "lines"), [("1", ["PASSWORD=canary"]), ("0", []), ("2", ["ready", "PASSWORD=canary"])]
)
def test_the_tail_is_the_last_lines(host: Host, tail: str, lines: list[str]) -> None:
    up(host)

    assert host.run("logs", "--tail", tail, "app-web-1").lines == lines
    assert len(host.run("logs", "--tail", "all", "app-web-1").lines) == 3


def test_timestamps_are_of_the_start_in_nanoseconds(host: Host, clock: Clock) -> None:
    up(host)
    clock.turn(90)

    assert host.run("logs", "-t", "-n", "1", "app-web-1").lines == [
        "2026-11-23T12:00:00.000000000Z PASSWORD=canary"
    ]


def test_what_is_older_than_asked_for_is_left_out(host: Host, clock: Clock) -> None:
    up(host)
    clock.turn(90)

    assert host.run("logs", "--since", "1m", "app-web-1").lines == []
    assert len(host.run("logs", "--since", "2m", "app-web-1").lines) == 3


def test_days_are_no_duration_to_docker(host: Host) -> None:
    up(host)

    done = host.run("logs", "--since", "1d", "app-web-1")

    assert (done.code, done.text) == (
        1,
        'invalid value for "since": failed to parse value as time or duration: "1d"',
    )


def test_a_container_that_ended_still_has_its_log(host: Host) -> None:
    up(host, behaviour="exits")

    assert host.container("app-web-1")["State"]["Status"] == "exited"
    assert "ready" in host.run("logs", "app-web-1").lines


def test_one_that_never_started_has_printed_nothing(host: Host) -> None:
    text = (
        "services:\n"
        "  first: {image: 'postgres:17.6', labels: {strata.sandbox.behaviour: exits}}\n"
        "  web: {image: 'postgres:17.6', depends_on: {first: {condition: service_completed_successfully}}}\n"
    )
    host.up("app", text)

    assert host.container("app-web-1")["State"]["Status"] == "created"
    done = host.run("logs", "app-web-1")
    assert (done.code, done.lines) == (0, [])


def test_a_task_of_a_stack_is_found_by_its_containers_id(host: Host) -> None:
    host.deploy("app", "services: {web: {image: 'postgres:17.6'}}")
    row = host.docker.containers("app", "stack")[0]

    (line,) = host.run("container", "logs", row["containerId"]).lines

    assert line.startswith("app_web started (postgres:17.6@sha256:")


def test_no_such_container(host: Host) -> None:
    done = host.run("logs", "gone")

    assert (done.code, done.text) == (1, "Error response from daemon: No such container: gone")
