from dataclasses import replace
from typing import Any

import pytest

from tests.model.guardrails.broken import told
from tests.model.plans import preview, standing, tier_of, with_service, with_tier


@pytest.mark.parametrize(
    "changes",
    [
        {"host": "report.zitian.party"},
        {"service": "worker"},
        {"path": "api"},
        {"path": "/a b"},
        {"port": 0},
        {"port": 70_000},
        {"https": False},
        {"certificate_type": "custom"},
        {"cert_resolver": "cloudflare"},
    ],
)
def test_decision_9_what_dokploy_would_take_and_then_fail_on_is_refused(changes: dict[str, Any]) -> None:
    plan = standing()
    first, second, third = tier_of(plan, "app").domains
    domains = (first, replace(second, **changes), third)

    assert told(with_tier(plan, "app", domains=domains)) == [
        ("A9", f"app domain {changes.get('path', '/api')}")
    ]


def test_decision_9_a_path_leads_to_one_service() -> None:
    plan = standing()
    domains = tier_of(plan, "app").domains

    assert told(with_tier(plan, "app", domains=(*domains, domains[0]))) == [("A9", "app domain /")] * 2


@pytest.mark.parametrize(
    "labels",
    [
        {"traefik.http.routers.x.rule": "Host(`report.example.org`)"},
        ["traefik.enable=true"],
        {"Traefik.enable": "true"},
    ],
)
def test_decision_9_a_branch_cannot_take_a_host_by_labels(labels: object) -> None:
    assert told(with_service(preview(), "preview", "backend", labels=labels)) == [
        ("A9", "preview service backend labels")
    ]


def test_decision_9_not_under_deploy_either() -> None:
    plan = with_service(preview(), "preview", "backend", deploy={"labels": {"traefik.enable": "true"}})

    assert told(plan) == [("A9", "preview service backend labels")]


def test_decision_9_other_labels_are_free() -> None:
    assert told(with_service(preview(), "preview", "backend", labels={"team": "reports"})) == []
