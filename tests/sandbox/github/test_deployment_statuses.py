from typing import Any

import pytest

from sandbox.git import Repository
from tests.sandbox.github import contract
from tests.sandbox.github.conftest import REPOSITORY, Call

ALL = f"{REPOSITORY}/deployments"
TEMPLATE = "/repos/{owner}/{repo}/deployments/{deployment_id}/statuses"


def deployed(call: Call, environment: str = "pr-7", **more: bool) -> str:
    body = {"ref": "main", "environment": environment, "required_contexts": [], **more}
    return f"{ALL}/{call('POST', ALL, json=body).json()['id']}/statuses"


def states(call: Call, statuses: str) -> list[str]:
    return [row["state"] for row in call("GET", statuses).json()]


def test_p4_the_newest_status_comes_first_with_its_address(call: Call, repository: Repository) -> None:
    statuses = deployed(call)
    call("POST", statuses, json={"state": "in_progress"})
    call("POST", statuses, json={"state": "success", "environment_url": "https://pr-7.example.test"})

    newest, oldest = call("GET", statuses).json()
    assert (newest["state"], newest["environment_url"]) == ("success", "https://pr-7.example.test")
    assert (oldest["state"], oldest["environment"]) == ("in_progress", "pr-7")


def test_a_success_makes_earlier_ones_inactive(call: Call, repository: Repository) -> None:
    first, elsewhere, second = deployed(call), deployed(call, "pr-8"), deployed(call)
    for statuses in (first, elsewhere, second):
        call("POST", statuses, json={"state": "success"})

    assert states(call, first) == ["inactive", "success"]
    assert states(call, elsewhere) == states(call, second) == ["success"]


@pytest.mark.parametrize("more", [{"production_environment": True}, {"transient_environment": True}])
def test_production_and_transient_ones_are_left_as_they_are(
    call: Call, repository: Repository, more: dict[str, bool]
) -> None:
    first, second = deployed(call, "pr-7", **more), deployed(call, "pr-7", **more)
    for statuses in (first, second):
        call("POST", statuses, json={"state": "success"})

    assert states(call, first) == ["success"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"state": "fine"},
        {"state": "success", "description": "x" * 141},
        {"state": "success", "environment_url": "javascript:alert(1)"},
        {"state": "success", "log_url": 7},
    ],
)
def test_a_bad_status_is_422(call: Call, repository: Repository, body: dict[str, Any]) -> None:
    statuses = deployed(call)

    assert call("POST", statuses, json=body).status_code == 422
    assert states(call, statuses) == []


def test_a_deployment_that_is_not_there_has_no_statuses(call: Call, repository: Repository) -> None:
    assert call("GET", f"{ALL}/1/statuses").status_code == 404
    assert call("POST", f"{ALL}/1/statuses", json={"state": "success"}).status_code == 404


def test_statuses_answer_as_githubs_openapi_says(call: Call, repository: Repository) -> None:
    judge = contract.load()
    statuses = deployed(call)
    made = call("POST", statuses, json={"state": "success", "log_url": "https://x.example.test"}).json()
    one = call("GET", f"{statuses}/{made['id']}").json()

    assert judge.problems(made, method="POST", path=TEMPLATE, status=201) == []
    assert judge.problems(one, method="GET", path=f"{TEMPLATE}/{{status_id}}", status=200) == []
    assert judge.problems(call("GET", statuses).json(), method="GET", path=TEMPLATE, status=200) == []
