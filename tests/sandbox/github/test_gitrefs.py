from typing import Any

import pytest

from sandbox.git import Repository
from tests.sandbox.calls import Caller
from tests.sandbox.github.conftest import REPOSITORY, Call

REFS = f"{REPOSITORY}/git/refs"
MAIN = "refs/heads/main"


def test_p7_a_tag_is_made_on_a_commit_once(call: Call, repository: Repository) -> None:
    body = {"ref": "refs/tags/preview/pr-7-0123456", "sha": repository.refs()[MAIN]}

    made, again = (call("POST", REFS, json=body) for _ in range(2))
    assert (made.status_code, made.json()["object"]["type"]) == (201, "commit")
    assert (again.status_code, again.json()["message"]) == (422, "Reference already exists")
    assert repository.refs()[body["ref"]] == body["sha"]


def test_refs_are_found_by_the_beginning_of_their_names(call: Call, repository: Repository) -> None:
    for name in ("preview/pr-7-a", "preview/pr-70-b", "v1.0.0"):
        repository.tag(name, repository.refs()[MAIN])

    found = call("GET", f"{REPOSITORY}/git/matching-refs/tags/preview/pr-7").json()
    assert [ref["ref"] for ref in found] == ["refs/tags/preview/pr-7-a", "refs/tags/preview/pr-70-b"]
    assert call("GET", f"{REPOSITORY}/git/matching-refs/tags/none").json() == []


def test_one_ref_is_asked_for_by_its_whole_name(call: Call, repository: Repository) -> None:
    assert call("GET", f"{REPOSITORY}/git/ref/heads/main").json()["ref"] == MAIN
    assert call("GET", f"{REPOSITORY}/git/ref/heads/mai").status_code == 404


def test_a_ref_moves_forward_and_back_only_by_force(call: Call, repository: Repository) -> None:
    before = repository.refs()[MAIN]
    after = repository.commit({"a": "1"}, branch="feature")

    assert call("PATCH", f"{REFS}/heads/main", json={"sha": after}).status_code == 200
    refused = call("PATCH", f"{REFS}/heads/main", json={"sha": before})
    assert (refused.status_code, refused.json()["message"]) == (422, "Update is not a fast forward")
    assert repository.refs()[MAIN] == after
    assert call("PATCH", f"{REFS}/heads/main", json={"sha": before, "force": True}).status_code == 200
    assert repository.refs()[MAIN] == before


def test_a_deleted_ref_is_gone_and_422_the_second_time(call: Call, repository: Repository) -> None:
    repository.tag("v1", repository.refs()[MAIN])

    assert [call("DELETE", f"{REFS}/tags/v1").status_code for _ in range(2)] == [204, 422]
    assert "refs/tags/v1" not in repository.refs()


def test_a_deleted_branch_closes_its_pull_request(
    call: Call, control: Caller, repository: Repository
) -> None:
    control("POST", "/pulls", json={"branch": "x", "number": 1})
    call("DELETE", f"{REFS}/heads/x")

    assert call("GET", f"{REPOSITORY}/pulls/1").json()["state"] == "closed"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"ref": "tags/v1"}, "must start with 'refs/'"),
        ({"ref": "refs/v1"}, "must start with 'refs/'"),
        ({"ref": "refs/tags/a..b"}, "not a valid ref name"),
        ({"ref": "refs/tags/x", "sha": "0" * 40}, "Object does not exist"),
        ({"ref": "refs/tags/x", "sha": "HEAD; rm"}, "Object does not exist"),
        ({"ref": "refs/tags/x", "sha": ""}, "Validation Failed"),
        ({}, "Validation Failed"),
    ],
)
def test_a_bad_ref_is_422_and_not_made(
    call: Call, repository: Repository, body: dict[str, Any], said: str
) -> None:
    answer = call("POST", REFS, json={"sha": repository.refs()[MAIN], **body})

    assert answer.status_code == 422
    assert said in answer.json()["message"]
    assert set(repository.refs()) == {MAIN}


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        ("heads/none", {"sha": "main"}, "Reference does not exist"),
        ("heads/main", {"sha": "1" * 40}, "Object does not exist"),
        ("heads/main", {"sha": "main", "force": "yes"}, "Validation Failed"),
    ],
)
def test_a_bad_move_is_422(
    call: Call, repository: Repository, path: str, body: dict[str, Any], said: str
) -> None:
    answer = call("PATCH", f"{REFS}/{path}", json=body)

    assert (answer.status_code, answer.json()["message"]) == (422, said)
