"""The net: a resource that bypasses the plan is refused when it is registered."""

import pytest

from model.violation import Violation
from tests.program.conftest import Program


def test_a_resource_that_breaks_a_rule_is_not_registered(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    def one_rule(type_token: str, props: object, stack: object) -> list[Violation]:
        broken = type_token.endswith(":Network")
        return [Violation(rule="X1", where="network", message="too wide", fix="narrow it")] if broken else []

    monkeypatch.setattr("components.guard.resource_violations", one_rule)
    program.set(RELEASE="v1.0.0")

    run = program.run("staging")

    assert run.error == "staging-network is refused:\n  X1  network: too wide; narrow it"
    assert run.of("Network") == []


def test_the_net_lets_the_real_stacks_through(program: Program) -> None:
    program.set(RELEASE="v1.0.0")

    assert program.run("staging").error is None
