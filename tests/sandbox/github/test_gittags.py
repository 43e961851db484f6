from typing import Any

import pytest

from sandbox.git import Repository
from tests.sandbox.github.conftest import REPOSITORY, Call

TAGS = f"{REPOSITORY}/git/tags"
MESSAGE = "v1.0.0\n\nbackend@sha256:0123\nfrontend@sha256:4567"


@pytest.fixture
def body(repository: Repository) -> dict[str, Any]:
    return {
        "tag": "v1.0.0",
        "message": MESSAGE,
        "object": repository.refs()["refs/heads/main"],
        "type": "commit",
    }


def test_r5_an_annotated_tag_is_an_object_that_git_itself_reads(
    call: Call, repository: Repository, body: dict[str, Any]
) -> None:
    sha = call("POST", TAGS, json=body).json()["sha"]
    call("POST", f"{REPOSITORY}/git/refs", json={"ref": "refs/tags/v1.0.0", "sha": sha})

    assert repository.git("for-each-ref", "--format=%(objecttype) %(*objectname)", "refs/tags").split() == [
        "tag",
        body["object"],
    ]
    assert MESSAGE in repository.git("cat-file", "tag", "v1.0.0")
    ref = call("GET", f"{REPOSITORY}/git/ref/tags/v1.0.0").json()
    assert ref["object"]["type"] == "tag"
    assert call("GET", f"{REPOSITORY}/commits/v1.0.0").json()["sha"] == body["object"]


def test_a_tag_is_read_back_with_message_tagger_and_target(call: Call, body: dict[str, Any]) -> None:
    who = {"name": "Some One", "email": "one@example.test", "date": "2026-01-02T03:04:05Z"}
    sha = call("POST", TAGS, json={**body, "tagger": who}).json()["sha"]

    found = call("GET", f"{TAGS}/{sha}").json()
    assert (found["tag"], found["message"], found["tagger"]) == ("v1.0.0", MESSAGE, who)
    assert found["object"]["sha"] == body["object"]


def test_a_tag_without_a_tagger_is_the_callers(call: Call, body: dict[str, Any]) -> None:
    made = call("POST", TAGS, json=body).json()

    assert (made["tagger"]["name"], made["tagger"]["date"]) == ("operator", "2026-11-23T12:00:00Z")


def test_a_tag_alone_is_no_ref(call: Call, repository: Repository, body: dict[str, Any]) -> None:
    call("POST", TAGS, json=body)

    assert set(repository.refs()) == {"refs/heads/main"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"object": "0" * 40},
        {"type": "tree"},
        {"type": "thing"},
        {"message": ""},
        {"tag": "a b"},
        {"tag": "a\nobject x"},
        {"tagger": "me"},
        {"tagger": {"name": "x", "email": "y", "date": "soon"}},
    ],
)
def test_a_bad_tag_is_422(call: Call, body: dict[str, Any], wrong: dict[str, Any]) -> None:
    assert call("POST", TAGS, json={**body, **wrong}).status_code == 422


def test_a_name_cannot_write_lines_of_its_own(
    call: Call, repository: Repository, body: dict[str, Any]
) -> None:
    who = {"name": "x\nobject 1", "email": "y"}
    sha = call("POST", TAGS, json={**body, "tagger": who}).json()["sha"]

    assert repository.git("cat-file", "tag", sha).splitlines()[0] == f"object {body['object']}"


def test_a_commit_is_no_tag(call: Call, body: dict[str, Any]) -> None:
    assert call("GET", f"{TAGS}/{body['object']}").status_code == 404
