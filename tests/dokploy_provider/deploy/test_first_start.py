"""D2, D4: a stack that never ran and whose tasks fail does not hold the queue for ever."""

from dataclasses import replace
from typing import Any

import pytest

from dokploy_provider.crud.service import COMPOSE
from dokploy_provider.deploy.first_start import BETWEEN, PULLS, FirstStart
from dokploy_provider.deploy.records import Target
from tests.dokploy_provider.scripted import Scripted, missing

TARGET = Target(kind=COMPOSE, id="c1", app_name="app-abc123", compose_type="stack", stack="staging")
LIMIT = 60.0
REJECTED = {"name": "app-abc123_backend.1", "error": '"No such image: ghcr.io/acme/backend:v1"'}
CRASHED = {"name": "app-abc123_backend.1", "error": '"task: non-zero exit (1)"'}
RUNS = {"containerId": "k1", "name": "app-abc123_backend.1.x", "state": "running", "status": "Up 2 seconds"}


def _server(*tasks: Any, containers: tuple[Any, ...] = ()) -> Scripted:
    return (
        Scripted()
        .on("docker.getStackContainersByAppName", list(tasks))
        .on("docker.getContainersByAppNameMatch", list(containers))
        .on("compose.stop", True)
    )


def _told_after(server: Scripted, seconds: float, *, target: Target = TARGET) -> list[str]:
    """What is said `seconds` after the first look."""
    here = server.here()
    watch = FirstStart(here=here, target=target, limit=LIMIT, serving=False)
    watch.hopeless()
    here.clock.sleep(seconds)
    return watch.hopeless()


def test_a_missing_image_is_told_after_a_few_tries() -> None:
    assert _told_after(_server(REJECTED), PULLS + 1) == [
        "app-abc123_backend.1: No such image: ghcr.io/acme/backend:v1"
    ]


def test_a_missing_image_may_appear_at_the_next_try() -> None:
    assert _told_after(_server(REJECTED), PULLS - 1) == []


def test_a_container_that_exits_has_as_long_as_one_may_take_to_be_healthy() -> None:
    assert _told_after(_server(CRASHED), LIMIT - 1) == []


def test_a_container_that_exits_until_then_is_told() -> None:
    assert _told_after(_server(CRASHED), LIMIT + 1) == ["app-abc123_backend.1: task: non-zero exit (1)"]


def test_where_something_runs_swarm_rolls_back_by_itself() -> None:
    assert _told_after(_server(CRASHED, containers=(RUNS,)), LIMIT + 1) == []


def test_tasks_that_do_not_fail_are_waited_for() -> None:
    assert _told_after(_server({"name": "app-abc123_backend.1", "error": ""}), LIMIT + 1) == []


def test_the_tasks_are_not_asked_for_at_every_look_at_the_record() -> None:
    server = _server(CRASHED)

    _told_after(server, BETWEEN / 2)

    assert len(server.asked("docker.getStackContainersByAppName")) == 1


def test_a_compose_project_ends_by_itself() -> None:
    target = replace(TARGET, compose_type="docker-compose")

    assert _told_after(_server(CRASHED), LIMIT + 1, target=target) == []


def test_another_service_that_runs_does_not_hide_the_one_that_never_did() -> None:
    other = {**RUNS, "name": "app-abc123_frontend.1.x"}

    assert _told_after(_server(CRASHED, containers=(other,)), LIMIT + 1) == [
        "app-abc123_backend.1: task: non-zero exit (1)"
    ]


def test_d12_what_was_verified_before_is_not_taken_down() -> None:
    server = _server(CRASHED)

    told = FirstStart(here=server.here(), target=TARGET, limit=LIMIT, serving=True).end()

    assert "goes on serving" in told
    assert server.asked("compose.stop") == []


def test_its_end_frees_the_queue() -> None:
    server = _server(CRASHED)

    told = FirstStart(here=server.here(), target=TARGET, limit=LIMIT, serving=False).end()

    assert told == "it was stopped, since it would have held Dokploy's queue for ever"
    assert server.asked("compose.stop") == [{"composeId": "c1"}]


@pytest.mark.parametrize("answer", [missing("compose.stop")])
def test_an_end_that_fails_says_that_the_queue_is_held(answer: Any) -> None:
    server = _server(CRASHED).on("compose.stop", answer)

    told = FirstStart(here=server.here(), target=TARGET, limit=LIMIT, serving=False).end()

    assert told.startswith("it still holds Dokploy's queue, and stopping it failed")
