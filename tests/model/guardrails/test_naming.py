from dataclasses import replace
from typing import Any

import pytest

from model.plan import VaultProviderPlan
from tests.model.guardrails.broken import told
from tests.model.plans import preview, standing, with_compose, with_service, with_tier


def external(name: str) -> dict[str, Any]:
    return {"env": {"name": name, "external": True}}


def test_c3_a_generic_compose_name_is_refused() -> None:
    assert told(with_tier(standing(), "app", compose_name="app")) == [("C3", "app compose")]


def test_c3_a_generic_network_is_refused() -> None:
    plan = replace(standing(), network="shared")

    assert ("C3", "network") in told(plan)


def test_c3_another_stacks_vault_provider_is_refused() -> None:
    provider = VaultProviderPlan(name="finance-report-production", url="https://v", mount="secret")

    assert told(replace(standing(), vault_provider=provider)) == [("C3", "vault provider")]


def test_c3_another_project_is_refused() -> None:
    assert told(replace(standing(), project_name="other")) == [("C3", "project")]


def test_c3_another_stacks_gate_is_refused() -> None:
    staging = standing()
    gate = replace(staging.gate, environment="production") if staging.gate else None

    assert told(replace(staging, gate=gate)) == [("C3", "gate")]


def test_c3_a_container_name_is_refused() -> None:
    plan = with_service(preview(), "preview", "redis", container_name="finance-report-redis-${ENV}")

    assert told(plan) == [("C3", "preview service redis container_name")]


@pytest.mark.parametrize(
    "alias", ["db", "finance-report-db", "finance-report-db-${ENV}3", "finance-report-db-x${ENV}"]
)
def test_c3_an_alias_without_the_stack_is_refused(alias: str) -> None:
    plan = with_service(preview(), "preview", "postgres", networks={"default": {"aliases": [alias]}})

    assert told(plan) == [("C3", "preview service postgres alias on default")]


def test_c3_a_volume_without_the_stack_is_refused() -> None:
    plan = with_compose(
        standing(), "data", lambda document: document["volumes"].update(redis={"name": "redis"})
    )

    assert ("C3", "data volumes redis") in told(plan)


def test_c3_the_project_is_named_by_dokploy_alone() -> None:
    plan = with_compose(preview(), "preview", lambda document: document.update(name="finance-report-${ENV}"))

    assert told(plan) == [("C3", "preview name")]


@pytest.mark.parametrize("name", ["dokploy-network", "finance-report-production"])
def test_c3_a_standing_stack_joins_no_other_network(name: str) -> None:
    plan = with_compose(standing(), "app", lambda document: document.update(networks=external(name)))

    assert ("C3", "app networks env") in told(plan)


def test_c3_a_network_that_compose_would_make_is_refused() -> None:
    networks = {"env": {"name": "${NETWORK:?}"}}
    plan = with_compose(standing(), "app", lambda document: document.update(networks=networks))

    assert told(plan) == [("C3", "app networks env")]


def test_c3_a_service_on_no_network_of_the_stack_is_refused() -> None:
    assert told(with_service(standing(), "app", "frontend", networks=None)) == [
        ("C3", "app service frontend")
    ]
