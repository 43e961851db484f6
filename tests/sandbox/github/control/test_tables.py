from tests.sandbox.calls import Caller
from tests.sandbox.github.conftest import REPOSITORY, Call


def test_p5_a_date_can_be_turned_back(call: Call, control: Caller) -> None:
    number = call("POST", f"{REPOSITORY}/issues", json={"title": "x"}).json()["number"]
    changed = control("PATCH", f"/tables/issue/{number}", json={"updated_at": "2026-01-01T00:00:00Z"})

    assert changed.json()["title"] == "x"
    found = call("GET", f"{REPOSITORY}/issues/{number}").json()
    assert found["updated_at"] == "2026-01-01T00:00:00Z"


def test_the_tables_are_told_with_what_is_in_them(call: Call, control: Caller) -> None:
    call("POST", f"{REPOSITORY}/issues", json={"title": "x"})

    assert "issue" in control("GET", "/").json()
    assert [row["title"] for row in control("GET", "/tables/issue").json()] == ["x"]
    assert control("GET", "/tables/nothing").json() == []


def test_a_field_that_there_is_none_of_is_400(call: Call, control: Caller) -> None:
    number = call("POST", f"{REPOSITORY}/issues", json={"title": "x"}).json()["number"]

    answer = control("PATCH", f"/tables/issue/{number}", json={"updated": "2026"})
    assert answer.status_code == 400
    assert "updated_at" in answer.json()["message"]


def test_a_document_that_is_not_there_is_404(control: Caller) -> None:
    assert control("PATCH", "/tables/issue/1", json={"title": "x"}).status_code == 404
