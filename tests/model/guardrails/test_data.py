import pytest

from tests.model.guardrails.broken import told
from tests.model.plans import STANDING, standing, with_compose, with_service, with_tier


def test_c6_productions_data_is_protected() -> None:
    assert told(with_tier(standing("production"), "data", protect=False)) == [("C6", "data")]


@pytest.mark.parametrize("stack", STANDING)
@pytest.mark.parametrize("tier", ["data", "app"])
def test_c6_no_destroy_takes_volumes_along(stack: str, tier: str) -> None:
    assert told(with_tier(standing(stack), tier, delete_volumes=True)) == [("C6", tier)]


def test_c6_a_volume_without_a_name_is_refused() -> None:
    plan = with_compose(standing(), "data", lambda document: document["volumes"].update(redis=None))

    assert told(plan) == [("C6", "data volume redis"), ("C6", "data volume finance-report-staging-redis")]


def test_c6_a_volume_that_the_plan_does_not_know_is_refused() -> None:
    extra = {"name": "${NETWORK:?}-extra"}
    plan = with_compose(standing(), "data", lambda document: document["volumes"].update(extra=extra))

    assert told(plan) == [("C6", "data volume extra")]


@pytest.mark.parametrize("volume", ["/data", "undeclared:/data", {"type": "volume", "target": "/data"}])
def test_c6_data_in_an_anonymous_volume_is_refused(volume: object) -> None:
    assert told(with_service(standing(), "data", "redis", volumes=[volume])) == [("C6", "data service redis")]


def test_c6_memory_is_no_data() -> None:
    assert (
        told(with_service(standing(), "app", "backend", volumes=[{"type": "tmpfs", "target": "/tmp"}])) == []
    )


def test_c6_the_app_tier_keeps_no_data() -> None:
    assert told(with_service(standing(), "app", "backend", volumes=["/uploads"])) == [
        ("C6", "app service backend")
    ]
