"""What exists at Dokploy already is taken over by its id."""

import json

import pytest

from tests.program.conftest import Program

IDS = {"project": "p-1", "environment": "e-1", "data": "c-1", "app": "c-2"}


@pytest.mark.parametrize(
    ("name", "id_"),
    [
        ("staging-project", "p-1"),
        ("staging-environment", "e-1"),
        ("staging-data-compose", "c-1"),
        ("staging-app-compose", "c-2"),
    ],
)
def test_s4_an_id_in_the_settings_reaches_its_resource(program: Program, name: str, id_: str) -> None:
    program.set(RELEASE="v1.0.0")

    run = program.run("staging", adopt=json.dumps(IDS))

    assert run.one(name).inputs["adopt"] == id_


def test_nothing_is_taken_over_unasked(program: Program) -> None:
    program.set(RELEASE="v1.0.0")

    run = program.run("staging")

    assert [one.name for one in run.resources if one.inputs.get("adopt")] == []
