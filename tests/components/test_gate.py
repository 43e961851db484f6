"""The GitHub environment in front of a stack's credentials."""

from typing import Any

from components.gate import GithubGate
from model.plan import GatePlan
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
