"""What GitHub has already of the gates of a stack whose state does not know it."""

from typing import Any

from components.gate_found import Found, find_gates
from model.plan import GatePlan, RulesetPlan
from model.ruleset_seen import SeenRuleset
from tests.model import github
from tests.program.recording import Run, World, record

PLAN = GatePlan(
    repository="finance_report",
    environment="staging",
    branch_patterns=("main",),
    variables={"STRATA_URL": "https://report"},
)
RULESET = RulesetPlan(repository="finance_report")


def ask(world: World, ruleset: RulesetPlan | None = None) -> tuple[list[Found], Run]:
    found: list[Found] = []
    run = record(lambda: found.append(find_gates([PLAN], ruleset, owner="zitian-party")), world=world)
    return found, run


def test_s10_a_gate_that_stands_is_found_with_the_ids_of_its_policies() -> None:
    found, _ = ask(World(github=github.served(PLAN)))

    assert found == [Found(gates={"staging": github.seen(PLAN)})]


def test_an_environment_that_does_not_exist_is_told_apart_from_a_failure_to_look() -> None:
    found, run = ask(World())

    assert (found, run.error) == ([Found(gates={"staging": None})], None)


def test_s10_the_repositorys_own_ruleset_is_found_by_its_name() -> None:
    whole = github.ruleset(RULESET)
    listed: list[dict[str, Any]] = [
        {"id": 5, "name": RULESET.name, "source_type": "Organization"},
        {"id": 77, "name": RULESET.name, "source_type": "Repository"},
    ]

    found, _ = ask(World(github={"rulesets": listed, "rulesets/77": whole}), RULESET)

    assert [one.ruleset for one in found] == [SeenRuleset.parse(whole)]


def test_o3_a_github_that_refuses_is_said_in_one_paragraph_with_the_permission_and_a_next_step() -> None:
    found, run = ask(
        World(github_refuses="1 error:\n\t* GET http://x: 403 Resource not accessible by integration []\n\n")
    )

    assert found == []
    assert run.error is not None
    assert "repos/zitian-party/finance_report/environments/staging" in run.error
    assert "environments/staging: GET http://x: 403 Resource not accessible" in run.error
    assert "GITHUB_TOKEN, which needs actions: read" in run.error
    assert "Next: `strata doctor`" in run.error
