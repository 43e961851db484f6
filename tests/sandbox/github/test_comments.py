import pytest

from sandbox.github.comments import LONGEST
from tests.sandbox.conftest import Clock
from tests.sandbox.github import contract
from tests.sandbox.github.conftest import REPOSITORY, Call

TEMPLATE = "/repos/{owner}/{repo}/issues"


@pytest.fixture
def comments(call: Call) -> str:
    """Where an issue's comments are."""
    number = call("POST", f"{REPOSITORY}/issues", json={"title": "x"}).json()["number"]
    return f"{REPOSITORY}/issues/{number}/comments"


def test_a_comment_is_changed_in_its_place(call: Call, comments: str, clock: Clock) -> None:
    number = call("POST", comments, json={"body": "old"}).json()["id"]
    clock.turn(1)
    call("PATCH", f"{REPOSITORY}/issues/comments/{number}", json={"body": "new"})

    (found,) = call("GET", comments).json()
    assert (found["id"], found["body"]) == (number, "new")
    assert (found["created_at"], found["updated_at"]) == ("2026-11-23T12:00:00Z", "2026-11-23T12:00:01Z")


def test_a_deleted_comment_is_404_to_everything(call: Call, comments: str) -> None:
    number = call("POST", comments, json={"body": "x"}).json()["id"]
    one = f"{REPOSITORY}/issues/comments/{number}"

    assert [call("DELETE", one).status_code for _ in range(2)] == [204, 404]
    assert call("PATCH", one, json={"body": "y"}).status_code == 404
    assert call("GET", comments).json() == []


def test_a_long_list_comes_in_pages_oldest_first(call: Call, comments: str) -> None:
    for number in range(5):
        call("POST", comments, json={"body": str(number)})

    first = call("GET", f"{comments}?per_page=3")
    following = call("GET", first.links["next"]["url"])
    assert [c["body"] for c in first.json()] == ["0", "1", "2"]
    assert [c["body"] for c in following.json()] == ["3", "4"]
    assert "next" not in following.links


def test_comments_of_all_issues_can_be_asked_for_newest_first_and_since(
    call: Call, comments: str, clock: Clock
) -> None:
    for number in range(3):
        call("POST", comments, json={"body": str(number)})
        clock.turn(60)

    def bodies(query: str) -> list[str]:
        return [one["body"] for one in call("GET", f"{REPOSITORY}/issues/comments?{query}").json()]

    assert bodies("") == bodies("direction=desc") == ["0", "1", "2"]
    assert bodies("sort=updated&direction=desc") == ["2", "1", "0"]
    assert bodies("since=2026-11-23T12:01:00Z") == ["1", "2"]


@pytest.mark.parametrize("body", [{}, {"body": ""}, {"body": 7}, {"body": "x" * (LONGEST + 1)}])
def test_a_bad_comment_is_422_and_not_written(call: Call, comments: str, body: dict[str, object]) -> None:
    assert call("POST", comments, json=body).status_code == 422
    assert call("GET", comments).json() == []


def test_nobody_comments_on_what_is_not_there(call: Call) -> None:
    assert call("POST", f"{REPOSITORY}/issues/9/comments", json={"body": "x"}).status_code == 404


def test_comments_answer_as_githubs_openapi_says(call: Call, comments: str) -> None:
    judge = contract.load()
    made = call("POST", comments, json={"body": "x"})
    number = made.json()["id"]
    of_one, one = f"{TEMPLATE}/{{issue_number}}/comments", f"{TEMPLATE}/comments/{{comment_id}}"
    changed = call("PATCH", f"{REPOSITORY}/issues/comments/{number}", json={"body": "y"})

    assert judge.problems(made.json(), method="POST", path=of_one, status=made.status_code) == []
    assert judge.problems(changed.json(), method="PATCH", path=one, status=changed.status_code) == []
    assert judge.problems(call("GET", comments).json(), method="GET", path=of_one, status=200) == []
    every = call("GET", f"{REPOSITORY}/issues/comments").json()
    assert judge.problems(every, method="GET", path=f"{TEMPLATE}/comments", status=200) == []
