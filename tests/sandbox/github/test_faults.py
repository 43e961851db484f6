import pytest

from sandbox.http import ConnectionCut
from sandbox.world import World
from tests.sandbox.github.conftest import REPOSITORY, Call

ISSUES = f"/api/v3{REPOSITORY}/issues"


@pytest.mark.parametrize("status", [403, 404, 422, 500, 502])
def test_a_refusal_is_in_githubs_words_and_nothing_is_done(call: Call, world: World, status: int) -> None:
    world.faults.add(part="github", kind="reject", path=ISSUES, status=status, message="Server Error")

    answer = call("POST", f"{REPOSITORY}/issues", json={"title": "x"})
    assert (answer.status_code, answer.json()["message"]) == (status, "Server Error")
    assert answer.json()["status"] == str(status)
    assert call("GET", f"{REPOSITORY}/issues").json() == []


def test_a_limit_says_how_long_to_wait(call: Call, world: World) -> None:
    world.faults.add(
        part="github", kind="reject", status=429, message="slow down", headers={"Retry-After": "7"}, times=2
    )

    answers = [call("GET", REPOSITORY) for _ in range(3)]
    assert [one.status_code for one in answers] == [429, 429, 200]
    assert answers[0].headers["retry-after"] == "7"


def test_s2_an_error_after_the_work_leaves_it_done(call: Call, world: World) -> None:
    world.faults.add(part="github", kind="error-after", path=ISSUES, status=502)

    assert call("POST", f"{REPOSITORY}/issues", json={"title": "x"}).status_code == 502
    assert [issue["title"] for issue in call("GET", f"{REPOSITORY}/issues").json()] == ["x"]


@pytest.mark.parametrize(("kind", "kept"), [("drop-before", 0), ("drop-after", 1)])
def test_s2_a_lost_answer_may_be_of_work_that_was_done(
    call: Call, world: World, kind: str, kept: int
) -> None:
    world.faults.add(part="github", kind=kind, path=ISSUES)

    with pytest.raises(ConnectionCut):
        call("POST", f"{REPOSITORY}/issues", json={"title": "x"})
    assert len(call("GET", f"{REPOSITORY}/issues").json()) == kept


def test_a_fault_can_be_for_one_method_only(call: Call, world: World) -> None:
    world.faults.add(part="github", kind="reject", path=ISSUES, method="POST", status=500)

    assert call("GET", f"{REPOSITORY}/issues").status_code == 200
    assert call("POST", f"{REPOSITORY}/issues", json={"title": "x"}).status_code == 500
