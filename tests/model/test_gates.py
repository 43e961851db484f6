"""Which stack keeps which gates; the table of identities is the measure."""

import pytest

from model.gates import gates_of, ruleset_of
from model.guardrails import violations
from model.identity import IDENTITIES
from model.layers import Stack
from tests.model.plans import STANDING, names, settings, standing


def kept(stack: str) -> tuple[str, ...]:
    return tuple(gate.environment for gate in gates_of(settings(stack), names(stack)))


def test_g_every_environment_of_the_table_is_kept_by_exactly_one_stack() -> None:
    both = [environment for stack in STANDING for environment in kept(stack)]

    assert sorted(both) == sorted(identity.environment for identity in IDENTITIES)


def test_a_stacks_own_gate_is_the_first_and_what_belongs_to_none_alone_is_stagings() -> None:
    assert kept("staging") == ("staging", "plan", "staging-observe", "preview")
    assert kept("production") == ("production", "production-observe")


def test_what_guards_more_than_its_stack_outlives_it() -> None:
    shared = [gate.environment for stack in STANDING for gate in standing(stack).gates if gate.shared]

    assert shared == ["plan", "preview"]


@pytest.mark.parametrize("stack", STANDING)
def test_no_gate_can_be_passed_by_administrators(stack: str) -> None:
    assert {gate.can_admins_bypass for gate in standing(stack).gates} == {False}


def test_nobody_is_asked_to_approve_a_plan_or_a_scheduled_look() -> None:
    waiting = {
        gate.environment: (gate.reviewers, gate.wait_minutes)
        for gate in standing("production", waitMinutes="7").gates
    }

    assert waiting == {"production": (1, 7), "production-observe": (0, 0)}


def test_a_plan_takes_merges_of_pull_requests_and_releases() -> None:
    (plan,) = [gate for gate in standing().gates if gate.environment == "plan"]

    assert (plan.branch_patterns, plan.tag_patterns) == (("refs/pull/*/merge",), ("v*.*.*",))


@pytest.mark.parametrize("stack", STANDING)
def test_g1_g2_the_shipped_gates_break_no_rule(stack: str) -> None:
    assert violations(standing(stack)) == []


def test_staging_keeps_the_ruleset_of_main() -> None:
    rulesets = {stack: ruleset_of(settings(stack), Stack.parse(stack)) for stack in STANDING}

    assert rulesets["production"] is None
    assert rulesets["staging"] is not None
    assert rulesets["staging"].checks == ("required",)
