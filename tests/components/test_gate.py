"""The GitHub environment in front of a stack's credentials."""

from dataclasses import replace
from typing import Any

from components.gate import GithubGate
from model.plan import GatePlan
from tests.model import github
from tests.program.recording import Run, record

STAGING: dict[str, Any] = {
    "repository": "finance_report",
    "environment": "staging",
    "branch_patterns": ("main",),
}


def gate(**rules: Any) -> Run:
    plan = GatePlan(**{**STAGING, **rules})
    return record(lambda: GithubGate("staging-gate", plan=plan))


def environment(run: Run) -> dict[str, Any]:
    return dict(run.one("staging-gate-environment").inputs)


def test_g2_the_rules_of_production_reach_github() -> None:
    made = environment(
        gate(
            reviewer_users=(7,),
            reviewer_teams=(1001,),
            wait_minutes=5,
            prevent_self_review=True,
            branch_patterns=(),
            tag_patterns=("v*.*.*",),
        )
    )

    assert made == {
        "repository": "finance_report",
        "environment": "staging",
        "waitTimer": 5,
        "preventSelfReview": True,
        "canAdminsBypass": False,
        "reviewers": [{"users": [7], "teams": [1001]}],
        "deploymentBranchPolicy": {"customBranchPolicies": True, "protectedBranches": False},
    }


def test_a_gate_without_reviewers_has_no_block_for_them() -> None:
    assert "reviewers" not in environment(gate())


def test_g2_the_branches_that_may_deploy_are_policies_of_the_environment() -> None:
    policy = gate().one("staging-gate-branch-main")

    assert policy.inputs["branchPattern"] == "main"
    assert "tagPattern" not in policy.inputs


def test_a_policy_goes_with_its_environment_because_its_own_delete_would_fail() -> None:
    run = gate(variables={"STRATA_STACK": "staging"})

    gone = {one.name: one.deleted_with for one in run.resources if one.deleted_with}
    assert gone == {
        "staging-gate-branch-main": "staging-gate-environment",
        "staging-gate-variable-STRATA_STACK": "staging-gate-environment",
    }


def test_no_secret_is_kept_at_github() -> None:
    kinds = {one.type for one in gate(variables={"A": "b"}).resources}

    assert [kind for kind in kinds if "Secret" in kind] == []


def taken_over(**rules: Any) -> Run:
    plan = GatePlan(**{**STAGING, "variables": {"STRATA_STACK": "staging"}, **rules})
    return record(lambda: GithubGate("staging-gate", plan=plan, found=github.seen(plan)))


def test_s10_what_stands_as_declared_is_imported_and_not_changed() -> None:
    imported = {one.name: one.import_id for one in taken_over().resources if one.import_id}

    assert imported == {
        "staging-gate-environment": "finance_report:staging",
        "staging-gate-branch-main": "finance_report:staging:7",
        "staging-gate-variable-STRATA_STACK": "finance_report:staging:STRATA_STACK",
    }


def test_s10_an_environment_that_differs_is_made_once_more_because_an_import_of_it_would_fail() -> None:
    plan = GatePlan(**STAGING)
    differs = replace(github.seen(plan), can_admins_bypass=True)

    run = record(lambda: GithubGate("staging-gate", plan=plan, found=differs))

    assert run.one("staging-gate-environment").import_id == ""
    assert run.one("staging-gate-branch-main").import_id == "finance_report:staging:7"


def test_a_variable_of_another_value_is_taken_over_as_it_is_because_an_import_would_fail() -> None:
    plan = GatePlan(**STAGING, variables={"STRATA_STACK": "staging"})
    differs = replace(github.seen(plan), variables={"STRATA_STACK": "other"})

    run = record(lambda: GithubGate("staging-gate", plan=plan, found=differs))

    taken = run.one("staging-gate-variable-STRATA_STACK")
    assert taken.import_id == "finance_report:staging:STRATA_STACK"
    assert taken.ignores == ("value",)


def test_what_guards_more_than_its_stack_stays_when_the_stack_goes() -> None:
    kept = {one.name for one in gate(shared=True).resources if one.retained}

    assert kept == {"staging-gate-environment", "staging-gate-branch-main"}
    assert [one.name for one in gate().resources if one.retained] == []
