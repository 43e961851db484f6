from typing import Any

import pytest

from model.ruleset import RulesetPlan
from model.ruleset_seen import SeenRuleset, is_of_repository, ruleset_differences
from tests.model import github

PLAN = RulesetPlan(repository="finance_report")


def told(**changed: Any) -> list[str]:
    return ruleset_differences(PLAN, SeenRuleset.parse({**github.ruleset(PLAN), **changed}))


def without(rule: str) -> dict[str, Any]:
    return {"rules": [one for one in github.ruleset(PLAN)["rules"] if one["type"] != rule]}


def checks(*required: dict[str, Any]) -> dict[str, Any]:
    rule = {"type": "required_status_checks", "parameters": {"required_status_checks": list(required)}}
    return {"rules": [*without("required_status_checks")["rules"], rule]}


def reviewed(**parameters: Any) -> dict[str, Any]:
    rule = {"type": "pull_request", "parameters": parameters}
    return {"rules": [*without("pull_request")["rules"], rule]}


def refs(*include: str, exclude: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"conditions": {"ref_name": {"include": list(include), "exclude": list(exclude)}}}


def test_g4_a_ruleset_that_is_as_declared_has_no_differences() -> None:
    assert told() == []


def test_g4_a_missing_ruleset_is_told() -> None:
    assert ruleset_differences(PLAN, None) == ["there is no such ruleset"]


@pytest.mark.parametrize(
    ("changed", "sentences"),
    [
        ({"enforcement": "disabled"}, ["it is disabled and not active"]),
        ({"enforcement": "evaluate"}, ["it is evaluate and not active"]),
        ({"target": "tag"}, ["it is for tag and not for branches"]),
        (refs(), ["it does not guard refs/heads/main"]),
        (refs("refs/heads/main", exclude=("refs/heads/main",)), ["it does not guard refs/heads/main"]),
        (refs("refs/heads/main", "~ALL"), ["it names ~ALL, which is not declared"]),
        (without("pull_request"), ["a push without a pull request is taken"]),
        (
            reviewed(required_approving_review_count=0, dismiss_stale_reviews_on_push=True),
            ["it asks for 0 approvals and not for 1"],
        ),
        (
            reviewed(required_approving_review_count=2, dismiss_stale_reviews_on_push=False),
            ["an approval holds for what is pushed after it"],
        ),
        (
            reviewed(),
            ["it asks for 0 approvals and not for 1", "an approval holds for what is pushed after it"],
        ),
        (without("non_fast_forward"), ["a force push is taken"]),
        (without("deletion"), ["the branch may be deleted"]),
        (without("required_status_checks"), ["the check required is not required"]),
        (checks({"context": "test", "integration_id": 15368}), ["the check required is not required"]),
        (
            checks({"context": "required"}),
            ["the check required counts whoever reports it, not only App 15368"],
        ),
        (
            {"bypass_actors": [{"actor_type": "Team", "actor_id": 1001}]},
            ["Team 1001 may bypass it"],
        ),
        (
            {"bypass_actors": [{"actor_type": "OrganizationAdmin", "actor_id": None}]},
            ["OrganizationAdmin may bypass it"],
        ),
    ],
)
def test_g4_each_difference_is_a_sentence(changed: dict[str, Any], sentences: list[str]) -> None:
    assert told(**changed) == sentences


def test_g4_who_may_bypass_is_unknown_to_a_token_that_may_not_write_the_ruleset() -> None:
    document = github.ruleset(PLAN)
    del document["bypass_actors"]

    assert SeenRuleset.parse(document).bypass is None


def test_a_stricter_ruleset_is_no_difference() -> None:
    more = [*github.ruleset(PLAN)["rules"], {"type": "required_signatures"}]

    assert told(rules=more) == []


def test_the_organisations_ruleset_of_the_same_name_is_another() -> None:
    listed = [
        {"id": 1, "name": PLAN.name, "source_type": "Organization"},
        {"id": 2, "name": "other", "source_type": "Repository"},
        {"id": 3, "name": PLAN.name, "source_type": "Repository"},
    ]

    assert [one["id"] for one in listed if is_of_repository(one, PLAN.name)] == [3]
