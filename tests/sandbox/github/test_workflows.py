from typing import Any

import pytest

from sandbox.git import Repository
from tests.sandbox.calls import Caller
from tests.sandbox.github.conftest import REPOSITORY, Call

ALL = f"{REPOSITORY}/actions/workflows"
DISPATCHES = f"{ALL}/pr-test.yml/dispatches"


def test_workflows_are_the_files_of_main(call: Call, repository: Repository) -> None:
    found = call("GET", ALL).json()

    assert [(row["name"], row["path"]) for row in found["workflows"]] == [
        ("CI", ".github/workflows/ci.yml"),
        (".github/workflows/pr-test.yml", ".github/workflows/pr-test.yml"),
    ]


def test_a_workflow_is_found_by_file_and_by_number(call: Call, repository: Repository) -> None:
    by_file = call("GET", f"{ALL}/ci.yml").json()

    assert call("GET", f"{ALL}/{by_file['id']}").json() == by_file
    assert call("GET", f"{ALL}/none.yml").status_code == 404


def test_p5_a_dispatch_is_kept_and_makes_a_run(call: Call, control: Caller, repository: Repository) -> None:
    answer = call("POST", DISPATCHES, json={"ref": "main", "inputs": {"number": "7"}})

    (dispatch,) = control("GET", "/dispatches").json()
    assert (answer.status_code, answer.content) == (204, b"")
    assert (dispatch["workflow"], dispatch["ref"], dispatch["inputs"]) == (
        "pr-test.yml",
        "main",
        {"number": "7"},
    )
    (run,) = call("GET", f"{ALL}/pr-test.yml/runs").json()["workflow_runs"]
    assert (run["id"], run["event"], run["status"]) == (dispatch["run"], "workflow_dispatch", "queued")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"ref": "nowhere", "inputs": {"number": "7"}}, "No ref found for: nowhere"),
        ({"ref": "main"}, "Required input 'number' not provided"),
        ({"ref": "main", "inputs": {"number": "7", "x": "y"}}, 'Unexpected inputs provided: ["x"]'),
        ({"ref": "main", "inputs": ["7"]}, "Invalid inputs"),
        ({}, "Validation Failed"),
    ],
)
def test_a_bad_dispatch_is_422_and_not_kept(
    call: Call, control: Caller, repository: Repository, body: dict[str, Any], said: str
) -> None:
    answer = call("POST", DISPATCHES, json=body)

    assert (answer.status_code, answer.json()["message"]) == (422, said)
    assert control("GET", "/dispatches").json() == []


def test_a_workflow_that_takes_no_dispatch_says_so(call: Call, repository: Repository) -> None:
    answer = call("POST", f"{ALL}/ci.yml/dispatches", json={"ref": "main"})

    assert answer.status_code == 422
    assert "does not have 'workflow_dispatch' trigger" in answer.json()["message"]


def test_a_tag_can_be_dispatched_on(call: Call, control: Caller, repository: Repository) -> None:
    repository.tag("v1.0.0", repository.refs()["refs/heads/main"])
    call("POST", DISPATCHES, json={"ref": "refs/tags/v1.0.0", "inputs": {"number": "7"}})

    (run,) = call("GET", f"{ALL}/pr-test.yml/runs?branch=v1.0.0").json()["workflow_runs"]
    assert run["head_branch"] == "v1.0.0"
