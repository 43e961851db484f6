from collections.abc import Callable
from typing import Any

import httpx
import pytest

from sandbox.world import World
from tests.sandbox.github import contract
from tests.sandbox.github.conftest import REPOSITORY

Call = Callable[..., httpx.Response]

ALL = f"{REPOSITORY}/environments"
STAGING = f"{ALL}/staging"
# What pulumi-github sends: null clears, absent never happens but for prevent_self_review.
GATE: dict[str, Any] = {
    "wait_timer": 30,
    "reviewers": [{"type": "Team", "id": 1001}, {"type": "User", "id": 2002}],
    "can_admins_bypass": False,
    "prevent_self_review": True,
    "deployment_branch_policy": {"protected_branches": False, "custom_branch_policies": True},
}


def rules(answer: httpx.Response) -> dict[str, Any]:
    return {rule["type"]: rule for rule in answer.json()["protection_rules"]}


def test_a_gate_is_read_back_as_it_was_put(call: Call) -> None:
    call("PUT", STAGING, json=GATE)

    found = call("GET", STAGING)
    review = rules(found)["required_reviewers"]
    assert set(rules(found)) == {"wait_timer", "required_reviewers", "branch_policy"}
    assert rules(found)["wait_timer"]["wait_timer"] == 30
    assert [(r["type"], r["reviewer"]["id"]) for r in review["reviewers"]] == [("Team", 1001), ("User", 2002)]
    assert review["prevent_self_review"] is True
    assert found.json()["can_admins_bypass"] is False
    assert found.json()["deployment_branch_policy"] == GATE["deployment_branch_policy"]


def test_a_put_switches_off_what_it_leaves_out(call: Call) -> None:
    call("PUT", STAGING, json=GATE)
    call("PUT", STAGING)

    found = call("GET", STAGING)
    assert (rules(found), found.json()["deployment_branch_policy"]) == ({}, None)
    assert found.json()["can_admins_bypass"] is True


def test_a_second_put_keeps_the_environments_number(call: Call) -> None:
    numbers = [call("PUT", STAGING, json=GATE).json()["id"] for _ in range(2)]

    assert numbers[0] == numbers[1]


def test_policies_go_when_custom_branch_policies_are_switched_off(call: Call) -> None:
    call("PUT", STAGING, json=GATE)
    call("POST", f"{STAGING}/deployment-branch-policies", json={"name": "main"})
    call("PUT", STAGING, json={**GATE, "deployment_branch_policy": None})
    call("PUT", STAGING, json=GATE)

    assert call("GET", f"{STAGING}/deployment-branch-policies").json()["total_count"] == 0


def test_a_deleted_environment_takes_its_policies_and_variables_along(call: Call, world: World) -> None:
    call("PUT", STAGING, json=GATE)
    call("POST", f"{STAGING}/deployment-branch-policies", json={"name": "main"})
    call("POST", f"{STAGING}/variables", json={"name": "A", "value": "1"})

    assert [call("DELETE", STAGING).status_code for _ in range(2)] == [204, 404]
    assert world.store.dump()["github.policy"] == {}
    assert world.store.dump()["github.variable"] == {}


@pytest.mark.parametrize(
    "body",
    [
        {"wait_timer": 43_201},
        {"wait_timer": -1},
        {"wait_timer": "30"},
        {"reviewers": [{"type": "User", "id": 2002}] * 7},
        {"reviewers": [{"type": "User", "id": 1001}]},
        {"reviewers": [{"type": "Robot", "id": 2002}]},
        {"reviewers": "reviewer"},
        {"prevent_self_review": "yes"},
        {"deployment_branch_policy": {"protected_branches": True, "custom_branch_policies": True}},
        {"deployment_branch_policy": {"protected_branches": False, "custom_branch_policies": False}},
        {"deployment_branch_policy": {"protected_branches": True}},
        {"wait_time": 1},
    ],
)
def test_g1_a_bad_gate_is_422_and_changes_nothing(call: Call, body: dict[str, Any]) -> None:
    answer = call("PUT", STAGING, json=body)

    assert (answer.status_code, answer.json()["message"]) == (422, "Validation Failed")
    assert call("GET", STAGING).status_code == 404


def test_text_that_is_not_json_is_400(call: Call) -> None:
    assert call("PUT", STAGING, content=b"{").status_code == 400


def test_an_unknown_reviewer_is_told_who_there_is(call: Call) -> None:
    answer = call("PUT", STAGING, json={"reviewers": [{"type": "User", "id": 9}]})

    assert "2002 (reviewer)" in answer.json()["errors"][0]["message"]


def test_a_long_list_comes_in_pages_with_links(call: Call) -> None:
    for number in range(5):
        call("PUT", f"{ALL}/e{number}")

    middle = call("GET", f"{ALL}?per_page=2&page=2")
    assert middle.json()["total_count"] == 5
    assert [e["name"] for e in middle.json()["environments"]] == ["e2", "e3"]
    pages = {rel: httpx.URL(link["url"]).params["page"] for rel, link in middle.links.items()}
    assert pages == {"prev": "1", "next": "3", "last": "3", "first": "1"}


def test_a_link_leads_to_the_next_page(call: Call) -> None:
    for number in range(3):
        call("PUT", f"{ALL}/e{number}")

    first = call("GET", f"{ALL}?per_page=2")
    following = call("GET", first.links["next"]["url"])
    assert [e["name"] for e in following.json()["environments"]] == ["e2"]
    assert "next" not in following.links


@pytest.mark.parametrize("body", [None, GATE, {"deployment_branch_policy": None}])
def test_environments_answer_as_githubs_openapi_says(call: Call, body: dict[str, Any] | None) -> None:
    judge = contract.load()
    one = "/repos/{owner}/{repo}/environments/{environment_name}"
    put = call("PUT", STAGING, json=body)
    got = call("GET", STAGING)
    listed = call("GET", ALL)

    assert judge.problems(put.json(), method="PUT", path=one, status=put.status_code) == []
    assert judge.problems(got.json(), method="GET", path=one, status=got.status_code) == []
    assert (
        judge.problems(listed.json(), method="GET", path="/repos/{owner}/{repo}/environments", status=200)
        == []
    )


def test_the_judge_sees_an_environment_without_a_name(call: Call) -> None:
    judge = contract.load()
    body = call("PUT", STAGING, json=GATE).json()
    del body["name"]

    path = "/repos/{owner}/{repo}/environments/{environment_name}"
    assert judge.problems(body, method="GET", path=path, status=200) == ["$: 'name' is a required property"]
