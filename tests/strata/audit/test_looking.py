from typing import Any

import httpx
import pytest

from model.gate import GatePlan
from model.ruleset import RulesetPlan
from strata.audit.declared import Declared
from strata.audit.looking import incomplete, look
from strata.audit.report import Report
from strata.github.errors import Missing
from strata.outcome import Exit
from tests.model import github
from tests.strata.audit.github import Gates, refused

STAGING = GatePlan(
    repository="finance_report",
    environment="staging",
    branch_patterns=("main",),
    variables={"STRATA_URL": "https://report"},
)
PLAN = GatePlan(
    repository="finance_report", environment="plan", branch_patterns=("refs/pull/*/merge", "release")
)
RULESET = RulesetPlan(repository="finance_report")
DECLARED = Declared(repository="finance_report", gates=(STAGING, PLAN), rulesets=(RULESET,))
ALL = {
    **github.served(STAGING),
    **github.served(PLAN),
    "rulesets": [{"id": 77, "name": RULESET.name, "source_type": "Repository"}],
    "rulesets/77": github.ruleset(RULESET),
}


def audit(**changed: Any) -> Report:
    """With some of GitHub's documents changed; `None` takes one away."""
    documents = {path: one for path, one in {**ALL, **changed}.items() if one is not None}
    with Gates(documents).client() as client:
        return look(client, DECLARED)


def told(report: Report) -> list[str]:
    return [str(one) for one in report.differences]


def test_g4_gates_that_are_as_declared_are_said_to_have_been_looked_at() -> None:
    report = audit()

    assert (report.differences, report.unseen, report.notes) == ((), (), ())
    assert report.looked_at == (
        "environment staging",
        "environment plan",
        "ruleset strata-main",
        "repository",
    )
    assert report.code is Exit.OK


def test_g4_a_difference_names_its_place_and_is_its_own_exit_code() -> None:
    report = audit(**{"environments/plan": None, "rulesets": []})

    assert told(report) == [
        "environment plan: there is no such environment; a job that names it would make it without any rule",
        "ruleset strata-main: there is no such ruleset",
    ]
    assert report.code is Exit.NOT_AS_IT_SHOULD_BE


def test_g4_not_having_been_able_to_look_is_another_result_and_names_the_permission() -> None:
    report = audit(**{"environments/staging": refused("actions=read")})

    assert report.differences == ()
    assert [one.where for one in report.unseen] == ["environment staging"]
    assert "actions=read" in report.unseen[0].what
    assert "environment plan" in report.looked_at
    assert report.code is Exit.FAILED


def test_g4_what_was_seen_before_a_refusal_counts() -> None:
    open_for_admins = {**github.environment(STAGING), "can_admins_bypass": True}

    report = audit(
        **{
            "environments/staging": open_for_admins,
            "environments/staging/secrets": refused("environments=read"),
        }
    )

    assert told(report) == ["environment staging: administrators may pass without approval"]
    assert [one.where for one in report.unseen] == ["environment staging"]
    assert report.code is Exit.NOT_AS_IT_SHOULD_BE


def test_v5_secrets_of_an_environment_are_none_of_githubs_business() -> None:
    report = audit(**{"environments/staging/secrets": {"secrets": [{"name": "ANYTHING"}]}})

    assert told(report) == [
        "environment staging: it holds the secret ANYTHING; secrets live in Vault, delete it here"
    ]


@pytest.mark.parametrize("name", ["DOKPLOY_API_KEY", "VAULT_TOKEN", "GITHUB_APP_PRIVATE_KEY", "PULUMI_X"])
def test_v5_a_secret_of_ours_that_every_job_can_read_is_found(name: str) -> None:
    report = audit(**{"actions/secrets": {"secrets": [{"name": name}, {"name": "CODECOV_TOKEN"}]}})

    assert told(report) == [
        f"repository: every job can read its secret {name}; secrets live in Vault behind a gate, delete it"
    ]


def test_a_token_that_is_not_shown_who_may_bypass_is_told_so_and_nothing_is_claimed() -> None:
    document = {**github.ruleset(RULESET)}
    del document["bypass_actors"]

    report = audit(**{"rulesets/77": document})

    assert report.code is Exit.OK
    assert len(report.notes) == 1
    assert "shown to administrators only" in report.notes[0]


def test_a_private_repository_of_a_free_plan_is_told_that_it_has_no_rulesets() -> None:
    said = "Upgrade to GitHub Pro or make this repository public to enable this feature."

    report = audit(rulesets=httpx.Response(403, json={"message": said}))

    assert "no rulesets for a private repository of a free plan" in report.unseen[0].what
    assert "permission" not in report.unseen[0].what
    assert report.code is Exit.FAILED


def test_a_repository_that_cannot_be_seen_is_no_repository_without_gates() -> None:
    gates = Gates({"": httpx.Response(404, json={"message": "Not Found"})})

    with gates.client() as client, pytest.raises(Missing):
        look(client, DECLARED)


@pytest.mark.parametrize(
    "document", [{"protection_rules": 7}, {"protection_rules": [{"id": 1}]}, [], "text", {"name": "staging"}]
)
def test_an_answer_that_is_none_is_not_taken_for_a_gate(document: Any) -> None:
    report = audit(**{"environments/staging": document})

    assert report.code in {Exit.FAILED, Exit.NOT_AS_IT_SHOULD_BE}


def test_v8_the_environments_whose_gate_is_incomplete_are_named_with_the_reasons() -> None:
    documents = {**ALL, "environments/plan/deployment-branch-policies": {"branch_policies": []}}
    with Gates(documents).client() as client:
        found = incomplete(client, DECLARED)

    assert found == {
        "plan": ("it does not take the branch refs/pull/*/merge", "it does not take the branch release")
    }


def test_v8_a_gate_that_cannot_be_seen_is_incomplete() -> None:
    with Gates({**ALL, "environments/plan": refused("actions=read")}).client() as client:
        found = incomplete(client, DECLARED)

    assert list(found) == ["plan"]
    assert "actions=read" in found["plan"][0]


BYPASSED = {**github.ruleset(RULESET), "bypass_actors": [{"actor_type": "Team", "actor_id": 1001}]}
UNSEEN = {key: value for key, value in github.ruleset(RULESET).items() if key != "bypass_actors"}


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"rulesets": []}, "ruleset strata-main: there is no such ruleset"),
        (
            {"rulesets/77": {**github.ruleset(RULESET), "enforcement": "disabled"}},
            "ruleset strata-main: it is disabled and not active",
        ),
        ({"rulesets/77": BYPASSED}, "ruleset strata-main: Team 1001 may bypass it"),
        ({"rulesets/77": UNSEEN}, "ruleset strata-main: who may bypass it is shown to administrators only"),
        ({"rulesets": refused("metadata=read")}, "metadata=read"),
    ],
    ids=["missing", "disabled", "bypassed", "bypass-unseen", "unseen"],
)
def test_v8_a_gate_that_takes_main_is_incomplete_without_its_guard(
    changed: dict[str, Any], reason: str
) -> None:
    with Gates({**ALL, **changed}).client() as client:
        found = incomplete(client, DECLARED)

    assert list(found) == ["staging"], "plan takes another branch"
    assert reason in found["staging"][0]


def test_v8_gates_and_the_guard_of_main_as_declared_are_complete() -> None:
    with Gates(ALL).client() as client:
        assert incomplete(client, DECLARED) == {}
