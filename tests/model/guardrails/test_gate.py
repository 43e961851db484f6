from dataclasses import replace
from typing import Any

import pytest

from model.guardrails import violations
from model.plan import Plan
from tests.model.guardrails.broken import told
from tests.model.plans import STANDING, standing


def with_gate(plan: Plan, **changes: Any) -> Plan:
    assert plan.gate is not None
    return replace(plan, gate=replace(plan.gate, **changes))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"reviewer_teams": (), "prevent_self_review": False}, "has no reviewers"),
        ({"prevent_self_review": False}, "lets whoever started it approve it"),
        ({"can_admins_bypass": True}, "can be passed by administrators"),
        ({"tag_patterns": ("v*",)}, "takes more than version tags"),
        ({"tag_patterns": (), "branch_patterns": ("main",)}, "takes more than version tags"),
        ({"branch_patterns": ("main",)}, "takes more than version tags"),
    ],
)
def test_g2_productions_gate_is_complete(changes: dict[str, Any], message: str) -> None:
    found = violations(with_gate(standing("production"), **changes))

    assert ("G2", message) in [(one.rule, one.message) for one in found]


def test_g2_without_reviewers_it_says_where_to_name_them() -> None:
    found = violations(with_gate(standing("production"), reviewer_teams=(), prevent_self_review=False))

    assert "Pulumi.production.yaml" in found[0].fix


@pytest.mark.parametrize(
    "changes",
    [
        {"branch_patterns": ("main", "release/*")},
        {"branch_patterns": (), "tag_patterns": ("v*.*.*",)},
        {"tag_patterns": ("v*.*.*",)},
    ],
)
def test_g2_staging_takes_main_only(changes: dict[str, Any]) -> None:
    assert told(with_gate(standing(), **changes)) == [("G2", "gate")]


@pytest.mark.parametrize("stack", STANDING)
def test_g2_what_stays_has_a_gate(stack: str) -> None:
    assert told(replace(standing(stack), gate=None)) == [("G2", "gate")]
