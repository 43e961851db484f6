import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.identity import (
    APP_KEYS,
    EXPORTED,
    IDENTITIES,
    PLAN,
    PREVIEW,
    PRODUCTION,
    STAGING,
    Identity,
    Kind,
    observer_of,
    of_environment,
)
from tests.model.plans import names


def test_the_table_is_the_documented_one() -> None:
    assert {one.environment: (one.role("app"), one.deploy_path("my_app")) for one in IDENTITIES} == {
        "staging": ("strata-app-staging-deploy", "my_app/staging/deploy"),
        "production": ("strata-app-production-deploy", "my_app/production/deploy"),
        "plan": ("strata-app-plan", "my_app/plan/deploy"),
        "staging-observe": ("strata-app-staging-observe", "my_app/staging-observe/deploy"),
        "production-observe": ("strata-app-production-observe", "my_app/production-observe/deploy"),
        "preview": ("strata-app-preview", "my_app/preview/deploy"),
    }


def test_g5_a_workflow_is_bound_with_its_ref() -> None:
    assert PRODUCTION.workflow_refs("o/r") == (
        "o/r/.github/workflows/production-deploy.yml@refs/tags/v*",
        "o/r/.github/workflows/rollback.yml@refs/tags/v*",
    )


def test_g5_only_previews_and_plans_can_come_from_a_pull_request_or_an_environment_without_gate() -> None:
    assert [one.environment for one in IDENTITIES if one.more_environments] == ["preview"]
    assert [one.environment for one in IDENTITIES if any("pull" in ref for ref in one.refs)] == ["plan"]


def test_g2_production_asks_people_and_takes_release_tags_only() -> None:
    assert (PRODUCTION.protection.reviewers, PRODUCTION.protection.branches) == (True, ())
    assert PRODUCTION.refs == ("refs/tags/v*",)
    assert STAGING.protection.branches == ("main",)


def test_v3_a_plan_holds_no_key_of_dokploy_and_as_little_as_a_preview_the_github_app() -> None:
    assert PLAN.refused_keys == APP_KEYS | {"DOKPLOY_API_KEY", "REGISTRY_PASSWORD"}
    assert PREVIEW.refused_keys == APP_KEYS
    assert all(not one.required_keys & one.refused_keys for one in IDENTITIES)


def test_what_is_required_is_exported_or_the_apps() -> None:
    for one in IDENTITIES:
        assert one.required_keys <= EXPORTED | APP_KEYS
    assert not EXPORTED & APP_KEYS


def test_p2_a_preview_sees_no_name_of_a_standing_stack() -> None:
    assert PREVIEW.stacks == ()


@pytest.mark.parametrize("identity", IDENTITIES, ids=lambda one: one.environment)
def test_an_environment_leads_to_its_own_identity(identity: Identity) -> None:
    assert of_environment(identity.environment) is identity


@given(st.integers(min_value=1, max_value=999_999_999))
def test_each_pull_requests_environment_leads_to_the_previews_identity(number: int) -> None:
    assert of_environment(names(f"pr-{number}").environment) is PREVIEW


@pytest.mark.parametrize("name", ["", "pr-", "pr-0", "pr-01", "pr-production", "Staging", "staging ", "main"])
def test_any_other_environment_leads_to_none(name: str) -> None:
    assert of_environment(name) is None


def test_v3_the_deploy_path_of_a_standing_stack_is_the_one_that_the_program_knows() -> None:
    for one in (STAGING, PRODUCTION):
        stack = names(one.environment)
        assert one.deploy_path(stack.app) == stack.vault_path("deploy")


def test_a_standing_stack_has_one_observer() -> None:
    assert observer_of("production").environment == "production-observe"
    assert {observer_of(stack).kind for stack in ("staging", "production")} == {Kind.OBSERVE}
    with pytest.raises(ValueError, match="no standing stack"):
        observer_of("pr-7")
