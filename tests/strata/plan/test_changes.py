"""Events as engine 3.250 writes them (recorded on 2026-11-23, cut down)."""

import json
from typing import Any

import pytest

from strata.plan.changes import Change, Kind, told


def event(op: str, name: str, *, type_: str = "pulumi-python:dynamic/dokploy:Compose", **more: Any) -> str:
    urn = f"urn:pulumi:staging::finance-report::strata:layers:Staging${type_}::{name}"
    return json.dumps(
        {"sequence": 1, "resourcePreEvent": {"metadata": {"op": op, "urn": urn, "type": type_, **more}}}
    )


def said(severity: str, message: str) -> str:
    return json.dumps({"diagnosticEvent": {"severity": severity, "message": message, "color": "never"}})


def test_each_change_is_told_with_the_inputs_that_differ() -> None:
    old = {"inputs": {"env": "A=1", "owner": "me", "gone": 1, "__provider": "x"}}
    new = {"inputs": {"env": "A=2", "owner": "me", "come": 1, "__provider": "y"}}

    found = told([event("update", "staging-app-compose", old=old, new=new)])

    assert found.changes == (
        Change(
            kind=Kind.UPDATED, name="staging-app-compose", type="Compose", properties=("come", "env", "gone")
        ),
    )


def test_what_the_provider_lists_is_told_too_by_its_first_part() -> None:
    detail = {"images.backend": {"diffKind": "update"}, "ports[0]": {}}

    (change,) = told([event("update", "x", diffs=["secret"], detailedDiff=detail)]).changes

    assert change.properties == ("images", "ports", "secret")


def test_a_replacement_is_one_change_and_comes_first() -> None:
    lines = [
        event("update", "a"),
        event("create", "b"),
        event("create-replacement", "c"),
        event("replace", "c", keys=["server_id"]),
        event("delete-replaced", "c"),
        event("delete", "d"),
        event("same", "e"),
        event("same", "default", type_="pulumi:providers:github"),
    ]

    found = told(lines)

    assert [(one.kind, one.name) for one in found.changes] == [
        (Kind.REPLACED, "c"),
        (Kind.DELETED, "d"),
        (Kind.CREATED, "b"),
        (Kind.UPDATED, "a"),
    ]
    assert found.changes[0].properties == ("server_id",)
    assert found.unchanged == 1


def test_errors_and_warnings_are_kept_once_and_the_rest_of_what_is_said_is_not() -> None:
    lines = [
        said("debug", "noise"),
        said("error", "it broke\n"),
        said("error", "it broke"),
        said("warning", "soon"),
    ]

    found = told(lines)

    assert (found.errors, found.warnings) == (("it broke",), ("soon",))


@pytest.mark.parametrize("line", ["", "{", "[]", "null", '{"resourcePreEvent": {}}', '"text"'])
def test_a_log_that_was_cut_off_is_read_as_far_as_it_goes(line: str) -> None:
    assert [one.name for one in told([event("create", "a"), line]).changes] == ["a"]
