"""D4: containers running, healthy, on the digests asked for."""

from typing import Any

import pytest

from dokploy_provider.crud.service import APPLICATION, COMPOSE
from dokploy_provider.deploy.health import Examiner, Trouble
from dokploy_provider.deploy.records import Target
from tests.dokploy_provider.scripted import Scripted

APP = "finance-report-staging-app-abc123"
OLD, NEW = "ghcr.io/z/backend:v1@sha256:" + "1" * 64, "ghcr.io/z/backend:v2@sha256:" + "2" * 64


def _inspection(ref: str, *, restart: str = "no", **labels: str) -> dict[str, Any]:
    labels = {"com.docker.compose.service": "backend", **labels}
    return {
        "Config": {"Image": ref, "Labels": labels, "Env": ["SECRET=canary"]},
        "HostConfig": {"RestartPolicy": {"Name": restart}},
    }


def _row(state: str = "running", status: str = "Up 2 seconds", id_: str = "c1") -> dict[str, str]:
    return {"containerId": id_, "name": f"{APP}-backend-1", "state": state, "status": status}


def _look(
    rows: list[dict[str, str]], *inspections: Any, images: dict[str, str] | None = None, **given: Any
) -> Any:
    server = (
        Scripted()
        .on("docker.getContainersByAppNameMatch", rows)
        .on("docker.getConfig", *(inspections or [None]))
    )
    target = Target(kind=COMPOSE, id="c", app_name=APP, compose_type="docker-compose", stack="staging")
    return Examiner(server.here(), target, {"backend": NEW} if images is None else images, **given).look()


def _troubles(health: Any) -> list[Trouble]:
    return [problem.trouble for problem in health.problems]


def test_running_on_the_right_digest_is_well() -> None:
    assert _troubles(_look([_row()], _inspection(NEW))) == []


@pytest.mark.parametrize(
    ("state", "status", "trouble"),
    [
        ("running", "Up 2 seconds (unhealthy)", Trouble.UNHEALTHY),
        ("running", "Up 2 seconds (health: starting)", Trouble.STARTING),
        ("created", "Created", Trouble.STARTING),
        ("exited", "Exited (1) 2 seconds ago", Trouble.STATE),
        ("exited", "Exited (137) 2 seconds ago", Trouble.STATE),
        ("restarting", "Restarting (1) 2 seconds ago", Trouble.STATE),
        ("dead", "Dead", Trouble.STATE),
    ],
)
def test_what_is_not_well_is_named_by_its_kind(state: str, status: str, trouble: Trouble) -> None:
    assert _troubles(_look([_row(state, status)], _inspection(NEW))) == [trouble]


def test_another_digest_is_a_problem_that_names_both() -> None:
    problem = _look([_row()], _inspection(OLD)).problems[0]

    assert problem.trouble is Trouble.DIGEST
    assert problem.text == f"backend runs {OLD}, not {NEW}"


def test_a_tag_without_digest_is_not_the_digest_asked_for() -> None:
    assert _troubles(_look([_row()], _inspection("ghcr.io/z/backend:v2"))) == [Trouble.DIGEST]


def test_a_service_without_container_is_missing() -> None:
    assert _troubles(_look([_row()], _inspection(NEW), images={"backend": NEW, "frontend": NEW})) == [
        Trouble.MISSING
    ]


def test_no_container_at_all_is_missing() -> None:
    assert _troubles(_look([], images={})) == [Trouble.MISSING]


def test_a_one_shot_service_may_end_well() -> None:
    assert _troubles(_look([_row("exited", "Exited (0) 1 second ago")], _inspection(NEW))) == []


def test_a_service_that_is_to_be_restarted_may_not_end() -> None:
    ended = _row("exited", "Exited (0) 1 second ago")

    assert _troubles(_look([ended], _inspection(NEW, restart="always"))) == [Trouble.STATE]


def test_a_service_that_was_seen_running_may_not_have_ended() -> None:
    ended = _row("exited", "Exited (0) 1 second ago")

    assert _troubles(_look([ended], _inspection(NEW), must_run=["backend"])) == [Trouble.STATE]


def test_a_container_that_cannot_be_inspected_is_a_problem() -> None:
    assert _troubles(_look([_row()], None, images={"backend": NEW})) == [Trouble.MISSING]


def test_the_commit_baked_into_the_image_is_read_from_its_label() -> None:
    label = {"org.opencontainers.image.revision": "c" * 40}

    assert _look([_row()], _inspection(NEW, **label)).commits == {"backend": "c" * 40}


def test_a_container_is_inspected_once_and_without_need_not_at_all() -> None:
    server = (
        Scripted().on("docker.getContainersByAppNameMatch", [_row()]).on("docker.getConfig", _inspection(NEW))
    )
    target = Target(kind=COMPOSE, id="c", app_name=APP, compose_type="docker-compose", stack="staging")
    examiner = Examiner(server.here(), target, {"backend": NEW})
    examiner.look()
    examiner.look()
    Examiner(server.here(), target, {}).look()

    assert len(server.asked("docker.getConfig")) == 1


def test_v1_a_containers_environment_is_not_kept() -> None:
    server = (
        Scripted().on("docker.getContainersByAppNameMatch", [_row()]).on("docker.getConfig", _inspection(NEW))
    )
    target = Target(kind=COMPOSE, id="c", app_name=APP, compose_type="docker-compose", stack="staging")
    examiner = Examiner(server.here(), target, {"backend": NEW})
    examiner.look()

    assert "canary" not in str(vars(examiner))


STACK_ROWS = [
    {
        "containerId": "c1",
        "name": f"{APP}_backend.1.task1",
        "node": "vm",
        "state": "running",
        "status": "Running 3 s ago",
    },
    {
        "containerId": "c2",
        "name": f"{APP}_backend.2.task2",
        "node": "vm",
        "state": "starting",
        "status": "Starting",
    },
]


def test_a_stacks_tasks_are_well_when_all_run_on_the_digest() -> None:
    label = {"com.docker.compose.service": "", "com.docker.swarm.service.name": f"{APP}_backend"}
    server = Scripted().on("docker.getContainersByAppNameMatch", STACK_ROWS, [STACK_ROWS[0]])
    server.on("docker.getConfig", _inspection(NEW, **label))
    target = Target(kind=COMPOSE, id="c", app_name=APP, compose_type="stack", stack="staging")
    examiner = Examiner(server.here(), target, {"backend": NEW})

    assert _troubles(examiner.look()) == [Trouble.STARTING]
    assert _troubles(examiner.look()) == []
    assert server.asked("docker.getContainersByAppNameMatch")[0]["appType"] == "stack"


def test_what_swarm_says_of_failed_tasks_is_told_once() -> None:
    tasks = [{"name": f"{APP}_backend.1", "error": '"task: non-zero exit (3)"'}] * 3
    tasks += [{"name": "x", "error": ""}, {"name": "y", "error": "Error:"}]
    server = Scripted().on("docker.getStackContainersByAppName", tasks)
    target = Target(kind=COMPOSE, id="c", app_name=APP, compose_type="stack", stack="staging")

    assert Examiner(server.here(), target, {}).task_errors() == [f"{APP}_backend.1: task: non-zero exit (3)"]


def test_an_applications_task_that_does_not_run_yet_is_waited_for() -> None:
    task = {"name": f"{APP}.1", "state": "running", "currentState": "Preparing 2 seconds ago", "error": ""}
    server = Scripted().on("docker.getServiceContainersByAppName", [task]).on("docker.getContainers", [])
    target = Target(kind=APPLICATION, id="a", app_name=APP, compose_type="", stack="staging")

    assert Trouble.STARTING in _troubles(Examiner(server.here(), target, {"worker": NEW}).look())
