from pathlib import Path

from model.identity import IDENTITIES
from strata.audit.declared import declared
from strata.project import Project
from tests.strata.conftest import ROOT

PROJECT = Project(folder=Path(ROOT), name="finance-report")


def test_the_audit_wants_what_the_program_declares() -> None:
    wanted = declared(PROJECT)

    assert {gate.environment for gate in wanted.gates} == {one.environment for one in IDENTITIES}
    assert [one.name for one in wanted.rulesets] == ["strata-main"]
    assert wanted.repository == "finance_report"


def test_one_stacks_gates_are_its_own() -> None:
    wanted = declared(PROJECT, ["production"])

    assert [gate.environment for gate in wanted.gates] == ["production", "production-observe"]
    assert wanted.rulesets == ()
