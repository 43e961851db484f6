from typing import Any

import pytest

from sandbox.git import Repository
from tests.sandbox.calls import Caller
from tests.sandbox.conftest import Clock
from tests.sandbox.github.conftest import REPOSITORY, Call

ALL = f"{REPOSITORY}/releases"


def test_a_published_release_makes_its_tag(call: Call, control: Caller, repository: Repository) -> None:
    control("POST", "/releases", json={"tag": "v1.0.0", "name": "One"})

    found = call("GET", f"{ALL}/tags/v1.0.0").json()
    assert (found["name"], found["draft"], found["author"]["login"]) == ("One", False, "operator")
    assert repository.refs()["refs/tags/v1.0.0"] == repository.refs()["refs/heads/main"]


def test_a_release_leaves_a_tag_that_is_there(call: Call, control: Caller, repository: Repository) -> None:
    sha = repository.commit({"a": "1"}, branch="feature", tag="v1.0.0")
    control("POST", "/releases", json={"tag": "v1.0.0"})

    assert repository.refs()["refs/tags/v1.0.0"] == sha


def test_the_latest_is_no_draft_and_no_prerelease(call: Call, repository: Repository, clock: Clock) -> None:
    assert call("GET", f"{ALL}/latest").status_code == 404
    for body in (
        {"tag_name": "v1.0.0"},
        {"tag_name": "v1.0.1"},
        {"tag_name": "v1.1.0", "draft": True},
        {"tag_name": "v2.0.0-rc.1", "prerelease": True},
    ):
        clock.turn(1)
        assert call("POST", ALL, json=body).status_code == 201

    assert call("GET", f"{ALL}/latest").json()["tag_name"] == "v1.0.1"
    assert [row["tag_name"] for row in call("GET", ALL).json()][-1] == "v1.0.0"


def test_a_draft_has_no_tag_until_it_is_published(
    call: Call, control: Caller, repository: Repository
) -> None:
    number = call("POST", ALL, json={"tag_name": "v1.0.0", "draft": True}).json()["id"]
    reader = control("POST", "/tokens", json={"permissions": {"contents": "read"}}).json()["token"]
    assert "refs/tags/v1.0.0" not in repository.refs()
    assert call("GET", f"{ALL}/tags/v1.0.0").status_code == 404
    assert call("GET", f"{ALL}/{number}", token=reader).status_code == 404
    assert call("GET", ALL, token=reader).json() == []

    call("PATCH", f"{ALL}/{number}", json={"draft": False})
    assert "refs/tags/v1.0.0" in repository.refs()
    assert call("GET", f"{ALL}/tags/v1.0.0").json()["published_at"] == "2026-11-23T12:00:00Z"


def test_r9_the_words_of_a_release_can_be_changed(call: Call, repository: Repository) -> None:
    number = call("POST", ALL, json={"tag_name": "v1.0.0", "body": "a"}).json()["id"]
    call("PATCH", f"{ALL}/{number}", json={"body": "b"})

    assert call("GET", f"{ALL}/{number}").json()["body"] == "b"
    assert [call("DELETE", f"{ALL}/{number}").status_code for _ in range(2)] == [204, 404]


def test_a_tag_is_released_once(call: Call, control: Caller, repository: Repository) -> None:
    call("POST", ALL, json={"tag_name": "v1.0.0"})

    again = call("POST", ALL, json={"tag_name": "v1.0.0"})
    assert (again.status_code, again.json()["errors"][0]["code"]) == (422, "already_exists")
    assert control("POST", "/releases", json={"tag": "v1.0.0"}).status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"tag_name": "a b"},
        {"tag_name": "v1", "target_commitish": "nowhere"},
        {"tag_name": "v1", "draft": "no"},
    ],
)
def test_a_bad_release_is_422(call: Call, repository: Repository, body: dict[str, Any]) -> None:
    assert call("POST", ALL, json=body).status_code == 422
    assert call("GET", ALL).json() == []
