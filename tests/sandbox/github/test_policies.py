from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.sandbox.github import contract
from tests.sandbox.github.conftest import REPOSITORY

Call = Callable[..., httpx.Response]

PRODUCTION = f"{REPOSITORY}/environments/production"
ALL = f"{PRODUCTION}/deployment-branch-policies"
CUSTOM = {"deployment_branch_policy": {"protected_branches": False, "custom_branch_policies": True}}


@pytest.fixture(autouse=True)
def gate(call: Call) -> None:
    call("PUT", PRODUCTION, json=CUSTOM)


def test_a_tag_policy_is_kept_as_one(call: Call) -> None:
    made = call("POST", ALL, json={"name": "v*.*.*", "type": "tag"}).json()

    found = call("GET", f"{ALL}/{made['id']}").json()
    assert (found["name"], found["type"]) == ("v*.*.*", "tag")


def test_a_policy_without_a_type_is_for_branches(call: Call) -> None:
    assert call("POST", ALL, json={"name": "main"}).json()["type"] == "branch"


def test_a_policy_can_be_renamed_and_deleted(call: Call) -> None:
    number = call("POST", ALL, json={"name": "main"}).json()["id"]

    assert call("PUT", f"{ALL}/{number}", json={"name": "release/*"}).json()["name"] == "release/*"
    assert [call("DELETE", f"{ALL}/{number}").status_code for _ in range(2)] == [204, 404]
    assert call("GET", ALL).json() == {"total_count": 0, "branch_policies": []}


def test_the_same_policy_twice_is_303(call: Call) -> None:
    assert [call("POST", ALL, json={"name": "main"}).status_code for _ in range(2)] == [200, 303]


def test_a_policy_needs_custom_branch_policies(call: Call) -> None:
    call("PUT", PRODUCTION)

    assert call("POST", ALL, json={"name": "main"}).status_code == 404


def test_a_policy_is_found_in_its_own_environment_only(call: Call) -> None:
    call("PUT", f"{REPOSITORY}/environments/staging", json=CUSTOM)
    number = call("POST", ALL, json={"name": "main"}).json()["id"]

    elsewhere = f"{REPOSITORY}/environments/staging/deployment-branch-policies/{number}"
    assert call("GET", elsewhere).status_code == 404


@pytest.mark.parametrize("body", [{}, {"name": ""}, {"name": 7}, {"name": "main", "type": "commit"}, []])
def test_a_bad_policy_is_422(call: Call, body: Any) -> None:
    assert call("POST", ALL, json=body).status_code == 422


def test_policies_answer_as_githubs_openapi_says(call: Call) -> None:
    judge = contract.load()
    all_ = "/repos/{owner}/{repo}/environments/{environment_name}/deployment-branch-policies"
    one = all_ + "/{branch_policy_id}"
    made = call("POST", ALL, json={"name": "main", "type": "branch"}).json()

    assert judge.problems(made, method="POST", path=all_, status=200) == []
    assert judge.problems(call("GET", ALL).json(), method="GET", path=all_, status=200) == []
    assert judge.problems(call("GET", f"{ALL}/{made['id']}").json(), method="GET", path=one, status=200) == []
