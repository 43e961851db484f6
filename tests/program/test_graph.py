"""What is registered, in which order, under which names: URNs are state format, a new name is a new object.

After an intended change: `RECORD=1 pytest tests/program/test_graph.py`, and read the difference.
"""

import os
from pathlib import Path

import pytest

from tests.program.conftest import Program

GRAPHS = Path(__file__).parent / "graphs"


def deployed(program: Program, stack: str):  # noqa: ANN201 - a Run
    if stack == "pr-12":
        return program.run_preview()
    program.set(RELEASE="v1.0.0")
    if stack == "production":
        program.staging_has_verified("v1.0.0")
    return program.run(stack)


@pytest.mark.parametrize("stack", ["staging", "production", "pr-12"])
def test_the_graph_is_the_recorded_one(program: Program, stack: str) -> None:
    run = deployed(program, stack)

    file = GRAPHS / f"{stack}.txt"
    if os.environ.get("RECORD"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(run.graph(), encoding="utf-8")
    assert run.error is None
    assert run.graph() == file.read_text(encoding="utf-8")


@pytest.mark.parametrize("stack", ["staging", "production"])
def test_g_everything_at_dokploy_waits_for_the_whole_gate(program: Program, stack: str) -> None:
    run = deployed(program, stack)

    gate = {one.name for one in run.resources if one.parent == f"{stack}-gate"}
    at_dokploy = [one.name for one in run.resources if one.type.startswith("pulumi-python:dynamic/dokploy:")]
    assert gate
    assert at_dokploy
    assert [name for name in at_dokploy if not gate <= run.before(name)] == []


@pytest.mark.parametrize("stack", ["staging", "production"])
def test_the_application_is_touched_after_the_data_tier_runs(program: Program, stack: str) -> None:
    run = deployed(program, stack)

    assert f"{stack}-data-deployment" in run.before(f"{stack}-app-compose")


@pytest.mark.parametrize("stack", ["staging", "production", "pr-12"])
def test_a_deployment_comes_after_its_configuration_and_its_domains(program: Program, stack: str) -> None:
    run = deployed(program, stack)

    tier = {"pr-12": "preview"}.get(stack, "app")
    domains = {one.name for one in run.of("Domain")}
    assert domains
    assert domains | {f"{stack}-{tier}-compose"} <= run.before(f"{stack}-{tier}-deployment")


def test_production_protects_its_data_and_what_would_be_deleted_first(program: Program) -> None:
    staging = [one.name for one in deployed(program, "staging").resources if one.protect]
    production = [one.name for one in deployed(program, "production").resources if one.protect]

    assert staging == []
    assert sorted(production) == [
        "production-app-deployment",
        "production-data",
        "production-data-compose",
        "production-data-deployment",
    ]


def test_everything_in_production_is_deleted_after_the_deployment_that_is_protected(program: Program) -> None:
    run = deployed(program, "production")

    custom = {one.name for one in run.resources if not one.type.startswith("strata:")}
    last = "production-app-deployment"
    assert custom - {last} <= run.before(last)


@pytest.mark.parametrize("stack", ["staging", "production", "pr-12"])
def test_no_explicit_provider_puts_a_token_into_the_state(program: Program, stack: str) -> None:
    run = deployed(program, stack)

    assert [one.name for one in run.resources if one.type.startswith("pulumi:providers:")] == []


def test_the_names_of_two_stacks_share_nothing_but_the_project(program: Program) -> None:
    owners = [
        {one.inputs["owner"] for one in deployed(program, stack).resources if "owner" in one.inputs}
        for stack in ("staging", "pr-12")
    ]

    assert owners[0] & owners[1] == {"strata:finance-report/shared/project"}
