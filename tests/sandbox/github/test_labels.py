import pytest

from tests.sandbox.github.conftest import REPOSITORY, Call

ALL = f"{REPOSITORY}/labels"


@pytest.fixture
def issue(call: Call) -> str:
    """An issue with the labels `one` and `two`."""
    number = call("POST", f"{REPOSITORY}/issues", json={"title": "x", "labels": ["one", "two"]}).json()
    return f"{REPOSITORY}/issues/{number['number']}"


def worn(call: Call, issue: str) -> list[str]:
    return [label["name"] for label in call("GET", f"{issue}/labels").json()]


def test_a_label_that_is_worn_is_made(call: Call, issue: str) -> None:
    assert [label["name"] for label in call("GET", ALL).json()] == ["one", "two"]


def test_labels_are_added_set_and_taken_off(call: Call, issue: str) -> None:
    call("POST", f"{issue}/labels", json={"labels": ["three", "ONE"]})
    assert worn(call, issue) == ["one", "two", "three"]

    assert call("DELETE", f"{issue}/labels/two").status_code == 200
    assert worn(call, issue) == ["one", "three"]
    assert call("DELETE", f"{issue}/labels/two").status_code == 404

    call("PUT", f"{issue}/labels", json={"labels": ["four"]})
    assert worn(call, issue) == ["four"]
    assert call("DELETE", f"{issue}/labels").status_code == 204
    assert worn(call, issue) == []


def test_a_deleted_label_is_worn_by_nobody(call: Call, issue: str) -> None:
    assert [call("DELETE", f"{ALL}/one").status_code for _ in range(2)] == [204, 404]
    assert worn(call, issue) == ["two"]


def test_a_renamed_label_stays_worn(call: Call, issue: str) -> None:
    call("PATCH", f"{ALL}/one", json={"new_name": "first", "color": "AABBCC", "description": "d"})

    assert worn(call, issue) == ["first", "two"]
    found = call("GET", f"{ALL}/first").json()
    assert (found["color"], found["description"]) == ("AABBCC", "d")
    assert call("PATCH", f"{ALL}/first", json={"new_name": "two"}).status_code == 422


def test_the_same_label_twice_is_422_and_says_so(call: Call) -> None:
    call("POST", ALL, json={"name": "preview", "color": "00ff00"})

    answer = call("POST", ALL, json={"name": "Preview"})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "already_exists")


@pytest.mark.parametrize("body", [{}, {"name": "x", "color": "green"}, {"name": 1}])
def test_a_bad_label_is_422(call: Call, body: dict[str, object]) -> None:
    assert call("POST", ALL, json=body).status_code == 422


def test_nobody_wears_a_label_on_an_issue_that_is_not_there(call: Call) -> None:
    assert call("GET", f"{REPOSITORY}/issues/9/labels").status_code == 404
