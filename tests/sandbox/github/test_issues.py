from typing import Any

import pytest

from sandbox.git import Repository
from tests.sandbox.calls import Caller
from tests.sandbox.conftest import Clock
from tests.sandbox.github.conftest import REPOSITORY, Call

ALL = f"{REPOSITORY}/issues"


def test_an_issue_is_found_by_its_label_and_state(call: Call) -> None:
    first = call("POST", ALL, json={"title": "Drift", "labels": ["drift", "staging"]}).json()["number"]
    call("POST", ALL, json={"title": "Other", "labels": ["drift"]})

    def numbers(query: str) -> list[int]:
        return [issue["number"] for issue in call("GET", f"{ALL}?{query}").json()]

    assert numbers("labels=drift,staging") == [first]
    assert numbers("labels=DRIFT") == [first + 1, first]
    call("PATCH", f"{ALL}/{first}", json={"state": "closed", "state_reason": "completed"})
    assert numbers("labels=drift") == [first + 1]
    assert numbers("labels=drift&state=closed") == [first]


def test_a_closed_issue_can_be_reopened(call: Call, clock: Clock) -> None:
    number = call("POST", ALL, json={"title": "Drift"}).json()["number"]
    clock.turn(1)
    closed = call("PATCH", f"{ALL}/{number}", json={"state": "closed"}).json()
    opened = call("PATCH", f"{ALL}/{number}", json={"state": "open"}).json()

    assert (closed["closed_at"], closed["state_reason"]) == ("2026-11-23T12:00:01Z", "completed")
    assert (opened["closed_at"], opened["state"]) == (None, "open")


def test_body_and_labels_are_replaced(call: Call) -> None:
    number = call("POST", ALL, json={"title": "Drift", "body": "old", "labels": ["a"]}).json()["number"]
    call("PATCH", f"{ALL}/{number}", json={"body": "new", "labels": ["b", {"name": "c"}]})

    found = call("GET", f"{ALL}/{number}").json()
    assert (found["body"], [label["name"] for label in found["labels"]]) == ("new", ["b", "c"])


def test_pull_requests_are_listed_among_issues_and_marked(
    call: Call, control: Caller, repository: Repository
) -> None:
    call("POST", ALL, json={"title": "Drift"})
    control("POST", "/pulls", json={"branch": "x", "files": {"a": "b"}})

    assert [(i["number"], "pull_request" in i) for i in call("GET", ALL).json()] == [(2, True), (1, False)]


@pytest.mark.parametrize(
    "body", [{}, {"title": ""}, {"title": 7}, {"title": "x", "body": 7}, {"title": "x", "labels": [1]}]
)
def test_a_bad_issue_is_422_and_not_kept(call: Call, body: dict[str, Any]) -> None:
    assert call("POST", ALL, json=body).status_code == 422
    assert call("GET", ALL).json() == []


@pytest.mark.parametrize("body", [{"state": "done"}, {"state": "closed", "state_reason": "tired"}])
def test_a_state_that_there_is_none_of_is_422(call: Call, body: dict[str, Any]) -> None:
    number = call("POST", ALL, json={"title": "x"}).json()["number"]

    assert call("PATCH", f"{ALL}/{number}", json=body).status_code == 422
    assert call("GET", f"{ALL}/{number}").json()["state"] == "open"


def test_what_is_not_there_is_404(call: Call) -> None:
    assert call("GET", f"{ALL}/1").status_code == 404
    assert call("PATCH", f"{ALL}/1", json={"state": "closed"}).status_code == 404
