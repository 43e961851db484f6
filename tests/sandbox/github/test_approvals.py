from typing import Any

import pytest

from sandbox.git import Repository
from tests.sandbox.calls import Caller
from tests.sandbox.github.conftest import REPOSITORY, Call

GATE: dict[str, Any] = {
    "reviewers": [{"type": "User", "id": 2002}],
    "prevent_self_review": True,
    "can_admins_bypass": False,
}


@pytest.fixture
def run(call: Call, control: Caller, repository: Repository) -> str:
    """A run of the reviewer's colleague that waits for production."""
    call("PUT", f"{REPOSITORY}/environments/production", json=GATE)
    body = {"workflow": "production-deploy.yml", "event": "release", "waiting": ["production"]}
    number = control("POST", "/runs", json={**body, "actor": "second-reviewer"}).json()["id"]
    return f"{REPOSITORY}/actions/runs/{number}"


def token(control: Caller, login: str) -> str:
    permissions = {"actions": "read", "deployments": "write"}
    made: str = control("POST", "/tokens", json={"permissions": permissions, "login": login}).json()["token"]
    return made


def environment(call: Call, run: str) -> int:
    number: int = call("GET", f"{run}/pending_deployments").json()[0]["environment"]["id"]
    return number


def review(call: Call, run: str, *, by: str, state: str = "approved") -> int:
    body = {"environment_ids": [environment(call, run)], "state": state, "comment": "seen"}
    return call("POST", f"{run}/pending_deployments", token=by, json=body).status_code


def test_g2_a_waiting_run_says_for_what_and_for_whom(call: Call, control: Caller, run: str) -> None:
    (found,) = call("GET", f"{run}/pending_deployments", token=token(control, "reviewer")).json()

    assert (found["environment"]["name"], found["current_user_can_approve"]) == ("production", True)
    assert [one["reviewer"]["login"] for one in found["reviewers"]] == ["reviewer"]


def test_a_reviewer_lets_it_pass(call: Call, control: Caller, run: str) -> None:
    assert review(call, run, by=token(control, "reviewer")) == 200

    assert call("GET", run).json()["status"] == "in_progress"
    assert call("GET", f"{run}/pending_deployments").json() == []
    (approval,) = call("GET", f"{run}/approvals").json()
    assert (approval["state"], approval["user"]["login"], approval["comment"]) == (
        "approved",
        "reviewer",
        "seen",
    )
    (deployment,) = call("GET", f"{REPOSITORY}/deployments?environment=production").json()
    assert deployment["sha"] == call("GET", run).json()["head_sha"]


def test_a_rejected_run_fails(call: Call, control: Caller, run: str) -> None:
    review(call, run, by=token(control, "reviewer"), state="rejected")

    assert call("GET", run).json()["conclusion"] == "failure"


@pytest.mark.parametrize("login", ["second-reviewer", "operator", "stranger"])
def test_g2_nobody_else_lets_it_pass(call: Call, control: Caller, run: str, login: str) -> None:
    assert review(call, run, by=token(control, login)) == 422
    assert call("GET", run).json()["status"] == "waiting"


def test_an_administrator_passes_where_the_gate_lets_him(call: Call, control: Caller, run: str) -> None:
    call("PUT", f"{REPOSITORY}/environments/production", json={**GATE, "can_admins_bypass": True})

    assert review(call, run, by=token(control, "operator")) == 200


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"state": "approved"},
        {"state": "fine", "environment_ids": [1]},
        {"state": "approved", "environment_ids": [1]},
    ],
)
def test_a_bad_review_is_422(call: Call, run: str, body: dict[str, Any]) -> None:
    assert call("POST", f"{run}/pending_deployments", json=body).status_code == 422


def test_w1_a_cancelled_run_waits_for_nobody(call: Call, run: str) -> None:
    call("POST", f"{run}/cancel")

    assert call("GET", f"{run}/pending_deployments").json() == []
