from typing import Any

import pytest

from model.gate import GatePlan
from model.gate_seen import Kind, SeenGate, gate_differences
from tests.model import github

PLAN = GatePlan(
    repository="finance_report",
    environment="production",
    reviewer_users=(7,),
    reviewer_teams=(1001,),
    wait_minutes=5,
    prevent_self_review=True,
    tag_patterns=("v*.*.*",),
    variables={"STRATA_URL": "https://report"},
)


def told(**changed: Any) -> list[str]:
    """What is said of the declared gate with some of GitHub's fields changed."""
    return gate_differences(
        PLAN,
        SeenGate.parse(
            {**github.environment(PLAN), **changed.get("environment", {})},
            policies=changed.get("policies", github.policies(PLAN)),
            variables=changed.get("variables", github.variables(PLAN)),
        ),
    )


def rules(*kinds: str, **changed: Any) -> dict[str, Any]:
    kept = [one for one in github.environment(PLAN)["protection_rules"] if one["type"] in kinds]
    return {"environment": {"protection_rules": [{**one, **changed} for one in kept]}}


def test_g4_a_gate_that_is_as_declared_has_no_differences() -> None:
    assert told() == []


def test_g4_a_missing_environment_is_told_with_what_a_job_would_make_of_it() -> None:
    assert gate_differences(PLAN, None) == [
        "there is no such environment; a job that names it would make it without any rule"
    ]


def test_g4_reviewers_that_were_removed_by_hand_are_found_which_no_refresh_sees() -> None:
    assert told(**rules("wait_timer", "branch_policy")) == [
        "the user 7 is not among its reviewers",
        "the team 1001 is not among its reviewers",
    ]


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        (
            rules(
                "required_reviewers",
                "wait_timer",
                reviewers=[
                    {"type": "User", "reviewer": {"id": 7}},
                    {"type": "Team", "reviewer": {"id": 1001}},
                    {"type": "User", "reviewer": {"id": 8}},
                ],
            ),
            "the user 8 may approve and is not declared",
        ),
        (
            rules("required_reviewers", "wait_timer", prevent_self_review=False),
            "whoever started a run may approve it",
        ),
        ({"environment": {"can_admins_bypass": True}}, "administrators may pass without approval"),
        (rules("required_reviewers"), "it waits 0 minutes and not 5"),
        (
            {"environment": {"deployment_branch_policy": None}},
            "it takes any ref and not only the declared patterns",
        ),
        (
            {
                "environment": {
                    "deployment_branch_policy": {"protected_branches": True, "custom_branch_policies": False}
                }
            },
            "it takes protected branches and not only the declared patterns",
        ),
        ({"policies": []}, "it does not take the tag v*.*.*"),
        (
            {"policies": [*github.policies(PLAN), {"id": 1, "name": "*", "type": "branch"}]},
            "it takes the branch *, which is not declared",
        ),
        ({"variables": []}, "the variable STRATA_URL is missing"),
        (
            {"variables": [{"name": "STRATA_URL", "value": "other"}]},
            "the variable STRATA_URL has another value",
        ),
    ],
)
def test_g4_each_difference_is_a_sentence(changed: dict[str, Any], sentence: str) -> None:
    assert told(**changed) == [sentence]


def test_a_branch_of_the_tags_name_is_no_tag() -> None:
    assert told(policies=[{"id": 1, "name": "v*.*.*", "type": "branch"}]) == [
        "it does not take the tag v*.*.*",
        "it takes the branch v*.*.*, which is not declared",
    ]


def test_a_server_that_says_nothing_of_administrators_lets_them_pass() -> None:
    document = github.environment(PLAN)
    del document["can_admins_bypass"]

    seen = SeenGate.parse(document, policies=github.policies(PLAN))

    assert gate_differences(PLAN, seen) == ["administrators may pass without approval"]


def test_variables_that_nobody_asked_for_are_no_difference() -> None:
    seen = SeenGate.parse(github.environment(PLAN), policies=github.policies(PLAN))

    assert gate_differences(PLAN, seen) == []


def test_self_review_without_reviewers_is_nothing_to_speak_of() -> None:
    open_plan = GatePlan(repository="x", environment="staging", branch_patterns=("main",))

    assert gate_differences(open_plan, github.seen(open_plan)) == []


def test_a_policy_is_found_by_its_kind_and_pattern() -> None:
    seen = github.seen(PLAN)
    found = seen.policy(Kind.TAG, "v*.*.*")

    assert found is not None
    assert found.id == 7
    assert seen.policy(Kind.BRANCH, "v*.*.*") is None
