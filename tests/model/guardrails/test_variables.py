import pytest

from tests.model.guardrails.broken import told
from tests.model.plans import preview, standing, tier_of, with_compose, with_service, with_tier


@pytest.mark.parametrize("tier", ["data", "app"])
def test_c2_each_variable_that_is_taken_away_is_named(tier: str) -> None:
    plan = standing()
    lines = tier_of(plan, tier).env.splitlines()

    for line in lines:
        name = line.partition("=")[0]
        without = "\n".join(other for other in lines if other != line)
        assert ("C2", f"{tier} variable {name}") in told(with_tier(plan, tier, env=without))


def test_c2_an_empty_variable_is_not_given() -> None:
    plan = standing()
    env = tier_of(plan, "app").env.replace("VERSION='v1.0.45'", "VERSION=''")

    assert told(with_tier(plan, "app", env=env)) == [("C2", "app variable VERSION")]


def test_c2_a_plain_variable_is_needed_as_well() -> None:
    plan = with_service(preview(), "preview", "backend", environment={"X": "$UNKNOWN"})

    assert told(plan) == [("C2", "preview variable UNKNOWN")]


def test_c2_a_default_makes_a_variable_optional() -> None:
    assert told(with_service(preview(), "preview", "backend", environment={"X": "${UNKNOWN:-x}"})) == []


def test_c2_images_of_standing_stacks_have_no_default() -> None:
    plan = with_service(standing(), "app", "backend", image="${BACKEND_IMAGE:-ghcr.io/a/b:v1.0.0}")

    assert told(plan) == [("C2", "app service backend")]


@pytest.mark.parametrize("text", ["services:\n\t- x", "nothing: {}", "services: {a: {image: 'cost 5$'}}"])
def test_c2_a_compose_file_that_cannot_be_read_is_refused(text: str) -> None:
    assert told(preview(compose_file=text)) == [("C2", "preview compose file")]


def test_c2_the_others_rules_go_on_when_one_file_cannot_be_read() -> None:
    plan = with_compose(standing(), "app", lambda document: document.pop("services"))
    plan = with_service(plan, "data", "redis", container_name="${NETWORK}-redis")

    assert told(plan) == [("C2", "app compose file"), ("C3", "data service redis container_name")]
