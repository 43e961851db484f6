from typing import Any

import pytest

from tests.sandbox.calls import Caller
from tests.sandbox.github.conftest import REPOSITORY, Call

ALL = f"{REPOSITORY}/rulesets"
RULES: dict[str, Any] = {
    "name": "main",
    "target": "branch",
    "enforcement": "active",
    "conditions": {"ref_name": {"include": ["refs/heads/main"], "exclude": []}},
    "bypass_actors": [{"actor_id": 5, "actor_type": "RepositoryRole", "bypass_mode": "always"}],
    "rules": [
        {"type": "deletion"},
        {
            "type": "required_status_checks",
            "parameters": {"required_status_checks": [{"context": "required", "integration_id": 15368}]},
        },
    ],
}


def test_w3_a_rule_is_answered_with_every_parameter(call: Call) -> None:
    number = call("POST", ALL, json=RULES).json()["id"]

    deletion, checks = call("GET", f"{ALL}/{number}").json()["rules"]
    assert deletion == {"type": "deletion"}
    assert checks["parameters"] == {
        "strict_required_status_checks_policy": False,
        "do_not_enforce_on_create": False,
        "required_status_checks": [{"context": "required", "integration_id": 15368}],
    }


def test_who_may_bypass_is_shown_to_those_who_may_change_it(call: Call, control: Caller) -> None:
    number = call("POST", ALL, json=RULES).json()["id"]
    seen = control("POST", "/tokens", json={"permissions": {"administration": "read"}}).json()["token"]

    assert call("GET", f"{ALL}/{number}").json()["bypass_actors"] == RULES["bypass_actors"]
    assert "bypass_actors" not in call("GET", f"{ALL}/{number}", token=seen).json()


def test_a_list_of_rulesets_is_short(call: Call) -> None:
    call("POST", ALL, json=RULES)

    (row,) = call("GET", ALL).json()
    assert (row["name"], row["enforcement"]) == ("main", "active")
    assert "rules" not in row


def test_an_update_keeps_what_it_does_not_name(call: Call) -> None:
    number = call("POST", ALL, json=RULES).json()["id"]
    call("PUT", f"{ALL}/{number}", json={"enforcement": "disabled"})

    found = call("GET", f"{ALL}/{number}").json()
    assert (found["enforcement"], len(found["rules"])) == ("disabled", 2)


def test_a_ruleset_can_be_deleted_once(call: Call) -> None:
    number = call("POST", ALL, json=RULES).json()["id"]

    assert [call("DELETE", f"{ALL}/{number}").status_code for _ in range(2)] == [204, 404]


@pytest.mark.parametrize(
    ("branch", "enforcement", "found"),
    [("main", "active", 2), ("other", "active", 0), ("main", "disabled", 0)],
)
def test_the_rules_of_a_branch_are_those_of_active_rulesets_that_fit(
    call: Call, branch: str, enforcement: str, found: int
) -> None:
    call("POST", ALL, json={**RULES, "enforcement": enforcement})

    assert len(call("GET", f"{REPOSITORY}/rules/branches/{branch}").json()) == found


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"enforcement": "sometimes"},
        {"target": "commit"},
        {"rules": [{"type": "politeness"}]},
        {"rules": [{"type": "pull_request", "parameters": {"approvals": 1}}]},
        {"conditions": {"ref_name": {"include": ["main"], "exclude": []}}},
    ],
)
def test_a_bad_ruleset_is_422_and_not_kept(call: Call, wrong: dict[str, Any]) -> None:
    assert call("POST", ALL, json={**RULES, **wrong}).status_code == 422
    assert call("GET", ALL).json() == []


def test_two_rulesets_have_two_names(call: Call) -> None:
    assert [call("POST", ALL, json=RULES).status_code for _ in range(2)] == [201, 422]
