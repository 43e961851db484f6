from typing import Any

import pytest

from sandbox.git import Repository
from sandbox.world import World
from tests.sandbox.calls import Caller
from tests.sandbox.github import contract
from tests.sandbox.github.conftest import REPOSITORY, Call

ALL = f"{REPOSITORY}/deployments"
TEMPLATE = "/repos/{owner}/{repo}/deployments"
PREVIEW: dict[str, Any] = {
    "ref": "main",
    "environment": "pr-7",
    "required_contexts": [],
    "transient_environment": True,
    "payload": {"pr": 7},
}


def made(call: Call, **more: object) -> dict[str, Any]:
    answer = call("POST", ALL, json={**PREVIEW, **more})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_deployment_is_of_the_commit_that_its_ref_leads_to(call: Call, repository: Repository) -> None:
    found = made(call)

    assert (found["sha"], found["ref"]) == (repository.refs()["refs/heads/main"], "main")
    assert (found["payload"], found["transient_environment"]) == ({"pr": 7}, True)


def test_deployments_are_found_by_environment_newest_first(call: Call, repository: Repository) -> None:
    first, other, last = (made(call, environment=name)["id"] for name in ("pr-7", "pr-8", "pr-7"))

    assert [row["id"] for row in call("GET", f"{ALL}?environment=pr-7").json()] == [last, first]
    assert [row["id"] for row in call("GET", ALL).json()] == [last, other, first]


def test_g3_an_environment_that_is_merely_named_is_made_unprotected(
    call: Call, repository: Repository
) -> None:
    made(call)

    environment = call("GET", f"{REPOSITORY}/environments/pr-7").json()
    assert environment["protection_rules"] == []
    assert environment["can_admins_bypass"] is True


def test_naming_an_environment_leaves_its_gate_alone(call: Call, repository: Repository) -> None:
    call("PUT", f"{REPOSITORY}/environments/pr-7", json={"wait_timer": 5})
    made(call)

    (rule,) = call("GET", f"{REPOSITORY}/environments/pr-7").json()["protection_rules"]
    assert rule["wait_timer"] == 5


@pytest.mark.parametrize(("state", "status"), [(None, 422), ("success", 422), ("inactive", 204)])
def test_p3_an_active_deployment_cannot_be_deleted(
    call: Call, repository: Repository, state: str | None, status: int
) -> None:
    number = made(call)["id"]
    made(call, environment="pr-8")
    if state:
        call("POST", f"{ALL}/{number}/statuses", json={"state": state})

    assert call("DELETE", f"{ALL}/{number}").status_code == status
    assert call("GET", f"{ALL}/{number}").status_code == (404 if status == 204 else 200)


def test_the_only_deployment_can_be_deleted_with_its_statuses(
    call: Call, repository: Repository, world: World
) -> None:
    number = made(call)["id"]
    call("POST", f"{ALL}/{number}/statuses", json={"state": "success"})

    assert [call("DELETE", f"{ALL}/{number}").status_code for _ in range(2)] == [204, 404]
    assert world.store.dump()["github.deployment_status"] == {}


def test_a_commit_whose_checks_are_not_green_is_409_unless_none_are_asked_for(
    call: Call, control: Caller, repository: Repository
) -> None:
    control(
        "POST", "/runs", json={"workflow": "ci.yml", "jobs": [{"name": "required", "conclusion": "failure"}]}
    )
    body = {name: value for name, value in PREVIEW.items() if name != "required_contexts"}

    assert call("POST", ALL, json=body).status_code == 409
    assert call("POST", ALL, json={**body, "required_contexts": ["other"]}).status_code == 409
    assert call("POST", ALL, json=PREVIEW).status_code == 201


@pytest.mark.parametrize("body", [{}, {"ref": "nowhere"}, {"ref": 7}, {"ref": "main", "environment": 7}])
def test_a_bad_deployment_is_422(call: Call, repository: Repository, body: dict[str, Any]) -> None:
    assert call("POST", ALL, json={"required_contexts": [], **body}).status_code == 422
    assert call("GET", ALL).json() == []


def test_deployments_answer_as_githubs_openapi_says(call: Call, repository: Repository) -> None:
    judge = contract.load()
    deployment = made(call)
    one = call("GET", f"{ALL}/{deployment['id']}").json()

    assert judge.problems(deployment, method="POST", path=TEMPLATE, status=201) == []
    assert judge.problems(one, method="GET", path=f"{TEMPLATE}/{{deployment_id}}", status=200) == []
    assert judge.problems(call("GET", ALL).json(), method="GET", path=TEMPLATE, status=200) == []
