"""What GitHub has already of the gate of a stack whose state was lost."""

from typing import Any

from components.gate_found import NOTHING, Found, find_gate
from model.plan import GatePlan
from tests.program.recording import Run, World, record

PLAN = GatePlan(repository="finance_report", environment="staging", branch_patterns=("main",))
STANDS: dict[str, dict[str, Any]] = {
    "getRepositoryEnvironments": {"environments": [{"name": "staging", "node_id": "x"}]},
    "getRepositoryDeploymentBranchPolicies": {"deploymentBranchPolicies": [{"id": "7", "name": "main"}]},
    "getActionsEnvironmentVariables": {
        "variables": [{"name": "STRATA_URL", "value": "x", "created_at": "x", "updated_at": "x"}]
    },
}


def ask(github: dict[str, dict[str, Any]]) -> tuple[list[Found], Run]:
    found: list[Found] = []
    run = record(lambda: found.append(find_gate(PLAN)), world=World(github=github))
    return found, run


def test_s10_policies_and_variables_that_stand_are_found_by_their_ids() -> None:
    found, _ = ask(STANDS)

    assert found == [
        Found(
            policies={"main": "finance_report:staging:7"},
            variables={"STRATA_URL": "finance_report:staging:STRATA_URL"},
        )
    ]


def test_a_repository_without_the_environment_is_asked_nothing_else() -> None:
    found, _ = ask({"getRepositoryEnvironments": {"environments": [{"name": "other", "node_id": "x"}]}})

    assert found == [NOTHING]


def test_o3_a_github_that_refuses_is_said_in_one_paragraph_with_a_next_step() -> None:
    found, run = ask({})

    assert found == []
    assert run.error is not None
    assert "GitHub cannot be asked for the environments of the gate" in run.error
    assert "Next: `strata doctor`" in run.error
