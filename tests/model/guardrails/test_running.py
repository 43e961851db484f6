from dataclasses import replace
from typing import Any

import pytest

from model.guardrails import violations
from model.plan import ProbePlan
from model.services import ComposeType
from tests.model.guardrails.broken import told
from tests.model.plans import STANDING, preview, standing, tier_of, with_service, with_tier


@pytest.mark.parametrize("ports", [["8000:8000"], ["8000"], [8000], [{"target": 8000, "published": "0"}]])
def test_c4_no_port_of_the_host_is_taken(ports: list[Any]) -> None:
    assert told(with_service(preview(), "preview", "backend", ports=ports)) == [
        ("C4", "preview service backend ports")
    ]


@pytest.mark.parametrize("stack", STANDING)
def test_c4_not_by_what_stays_either(stack: str) -> None:
    plan = with_service(standing(stack), "data", "postgres", ports=["5432:5432"])

    assert told(plan) == [("C4", "data service postgres ports")]


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("healthcheck", {"disable": True, "test": ["CMD", "x"], "start_period": "1s"}, "has no health check"),
        ("healthcheck", {"start_period": "1s"}, "has no health check"),
        ("healthcheck", {"test": ["CMD", "x"]}, "has no start period"),
        ("logging", {"driver": "json-file"}, "has a log that grows"),
        ("init", None, "has no init"),
    ],
)
def test_c5_what_stays_is_watched_and_bounded(key: str, value: object, message: str) -> None:
    found = violations(with_service(standing(), "app", "backend", **{key: value}))

    assert [(one.rule, one.where) for one in found] == [("C5", "app service backend")]
    assert found[0].message.startswith(message)


def test_c5_a_preview_may_do_without() -> None:
    assert (
        told(with_service(preview(), "preview", "backend", healthcheck=None, init=None, logging=None)) == []
    )


@pytest.mark.parametrize(
    "deploy",
    [
        None,
        {"order": "stop-first", "failure_action": "rollback"},
        {"order": "start-first", "failure_action": "pause"},
        {},
    ],
)
def test_r6_the_app_tier_starts_first_and_rolls_back(deploy: dict[str, str] | None) -> None:
    plan = standing("production")
    limits = {"resources": {"limits": {"memory": "512M", "cpus": "1"}}}
    update = {} if deploy is None else {"update_config": deploy}

    assert told(with_service(plan, "app", "backend", deploy=limits | update)) == [
        ("R6", "app service backend deploy.update_config")
    ]


def test_r6_docker_compose_would_leave_a_gap() -> None:
    plan = standing()
    command = tier_of(plan, "data").command

    assert told(with_tier(plan, "app", compose_type=ComposeType.DOCKER_COMPOSE, command=command)) == [
        ("R6", "app")
    ]


@pytest.mark.parametrize(
    "command",
    [
        None,
        "compose -p {app_name} -f docker-compose.yml up -d",
        "compose -p finance-report up -d --wait",
        "compose -p {app_name} up -d --wait; docker ps",
        "compose -p {app_name} up -d --wait $(id)",
        "stack deploy -c docker-compose.yml {app_name} --detach=false",
    ],
)
def test_decision_7_a_command_that_tells_nothing_or_does_more_is_refused(command: str | None) -> None:
    assert told(with_tier(standing(), "data", command=command)) == [("A7", "data command")]


def test_d4_somebody_asks_for_the_commit() -> None:
    plan = preview()
    probes = tuple(replace(probe, identity=False) for probe in plan.tiers[0].probes)

    assert told(with_tier(plan, "preview", probes=probes)) == [("D4", "preview probes")]


@pytest.mark.parametrize(
    "url", ["https://report.zitian.party/", "https://report-staging.zitian.party.evil.org/"]
)
def test_d4_and_asks_no_other_host(url: str) -> None:
    plan = standing()
    probes = (*tier_of(plan, "app").probes, ProbePlan(url=url, content_type="text/html"))

    assert told(with_tier(plan, "app", probes=probes)) == [("D4", "app probes")]
