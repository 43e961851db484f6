"""The ruleset in front of main."""

from dataclasses import replace
from typing import Any

import pytest

from components.branch_gate import RepositoryGate
from model.plan import RulesetPlan
from model.ruleset_seen import SeenRuleset
from tests.model import github
from tests.program.recording import Run, record

PLAN = RulesetPlan(repository="finance_report")
STANDS = SeenRuleset.parse(github.ruleset(PLAN))


def made(**found: Any) -> Run:
    return record(lambda: RepositoryGate("main-gate", plan=PLAN, **found))


def test_main_asks_for_a_reviewed_pull_request_and_the_aggregate_check_and_takes_no_force_push() -> None:
    inputs = made().one("main-gate-ruleset").inputs

    assert (inputs["name"], inputs["target"], inputs["enforcement"]) == ("strata-main", "branch", "active")
    assert inputs["conditions"] == {"refName": {"includes": ["refs/heads/main"], "excludes": []}}
    rules = inputs["rules"]
    assert (rules["deletion"], rules["nonFastForward"]) == (True, True)
    assert rules["pullRequest"]["requiredApprovingReviewCount"] == 1
    assert rules["pullRequest"]["dismissStaleReviewsOnPush"] is True
    assert rules["requiredStatusChecks"]["requiredChecks"] == [
        {"context": "required", "integrationId": 15368}
    ]


def test_nobody_may_bypass_it() -> None:
    assert "bypassActors" not in made().one("main-gate-ruleset").inputs


def test_it_stays_when_staging_goes() -> None:
    assert made().one("main-gate-ruleset").retained


def test_s10_one_that_stands_is_imported_because_github_takes_no_second_of_its_name() -> None:
    run = made(found=STANDS)

    assert run.one("main-gate-ruleset").import_id == "finance_report:77"
    assert run.one("main-gate-ruleset").retained


def test_s10_one_that_differs_is_taken_over_as_it_is_and_that_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said: list[str] = []
    monkeypatch.setattr("pulumi.log.warn", said.append)

    run = made(found=replace(STANDS, enforcement="disabled"))

    taken = run.one("main-gate-ruleset")
    assert (taken.import_id, taken.ignores) == ("finance_report:77", ("enforcement", "conditions", "rules"))
    assert len(said) == 1
    assert "differs and is taken over as it is. Next: `strata audit`" in said[0]
