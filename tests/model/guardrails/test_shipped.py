"""What is shipped keeps its own rules."""

from dataclasses import replace

import pytest

from model.errors import GuardrailError
from model.guardrails import RULES, check, hardcoded, violations
from model.guardrails.rules import CHECKS
from tests.model.plans import ROOT, STANDING, preview, settings, standing

TEXTS = sorted(
    path
    for pattern in (
        "templates/*",
        "docker-compose*.yml",
        "apps/*/Dockerfile",
        "apps/*/index.html",
        "apps/*/src/**/*.py",
        "apps/*/src/**/*.ts",
        "apps/*/server/**/*.ts",
        "apps/*/public/*",
    )
    for path in ROOT.glob(pattern)
)


@pytest.mark.parametrize("stack", STANDING)
def test_the_shipped_standing_plans_keep_all_rules(stack: str) -> None:
    assert violations(standing(stack)) == []


@pytest.mark.parametrize("stack", ["pr-1", "pr-12", "pr-999999999"])
def test_the_shipped_previews_keep_all_rules(stack: str) -> None:
    assert violations(preview(stack)) == []


def test_a_plan_that_keeps_all_rules_passes() -> None:
    check(standing())


def test_m9_no_value_of_an_environment_stands_in_the_shipped_files() -> None:
    texts = {str(path.relative_to(ROOT)): path.read_text() for path in TEXTS}

    assert hardcoded(texts, domain=settings().domain) == []


def test_m9_all_shipped_files_are_looked_at() -> None:
    assert {path.name for path in TEXTS} >= {
        "data.compose.yaml",
        "app.compose.yaml",
        "docker-compose.yml",
        "docker-compose.override.yml",
        "Dockerfile",
        "server.py",
        "index.html",
        "main.ts",
    }


def test_o3_a_refusal_tells_all_violations_with_rule_place_and_what_to_do() -> None:
    plan = replace(standing(), network="shared", gate=None)

    with pytest.raises(GuardrailError) as caught:
        check(plan)

    text = str(caught.value)
    assert text.startswith("stack staging breaks ")
    assert "nothing was changed" in text
    assert "C3  network: its name is not finance-report-staging; take names from model/naming.py" in text
    assert "G2  gate: has no gate; plan one" in text


def test_one_violation_is_told_in_the_singular() -> None:
    with pytest.raises(GuardrailError, match="breaks 1 rule;"):
        check(replace(standing(), gate=None))


def test_every_check_is_run_once() -> None:
    assert len(set(CHECKS)) == len(CHECKS)


def test_every_rule_is_told_in_one_sentence() -> None:
    assert [rule for rule, sentence in RULES.items() if not sentence or sentence.endswith(".")] == []
