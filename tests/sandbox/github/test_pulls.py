import pytest

from sandbox.git import Repository
from tests.sandbox.calls import Caller
from tests.sandbox.conftest import Clock
from tests.sandbox.github.conftest import REPOSITORY, Call

ALL = f"{REPOSITORY}/pulls"


def opened(control: Caller, branch: str = "feature", **more: object) -> dict[str, object]:
    answer = control("POST", "/pulls", json={"branch": branch, "files": {"a.txt": branch}, **more})
    assert answer.status_code == 201, answer.text
    found: dict[str, object] = answer.json()
    return found


def test_an_opened_pull_request_stands_on_main_with_its_commit(
    call: Call, control: Caller, repository: Repository
) -> None:
    made = opened(control, number=7, title="Add a", author="someone", labels=["preview"])

    found = call("GET", f"{ALL}/7").json()
    assert (found["head"]["ref"], found["head"]["sha"]) == ("feature", made["sha"])
    assert found["base"]["sha"] == repository.refs()["refs/heads/main"]
    assert (found["title"], found["user"]["login"]) == ("Add a", "someone")
    assert [label["name"] for label in found["labels"]] == ["preview"]
    assert (found["commits"], found["changed_files"], found["mergeable"]) == (1, 1, True)
    assert repository.read(str(made["sha"]), "a.txt") == "feature"


def test_p7_a_forks_branch_is_not_the_repositorys(
    call: Call, control: Caller, repository: Repository
) -> None:
    opened(control, "patch-1", author="stranger", fork=True, number=3)

    head = call("GET", f"{ALL}/3").json()["head"]
    assert (head["repo"]["full_name"], head["repo"]["fork"]) == ("stranger/finance_report", True)
    assert "refs/heads/patch-1" not in repository.refs()
    assert repository.refs()["refs/pull/3/head"] == head["sha"]


def test_a_pull_request_of_the_repository_is_no_fork(
    call: Call, control: Caller, repository: Repository
) -> None:
    opened(control, number=3)

    head = call("GET", f"{ALL}/3").json()["head"]
    assert (head["repo"]["full_name"], head["repo"]["fork"]) == ("zitian-party/finance_report", False)


def test_a_push_moves_head_branch_and_merge(
    call: Call, control: Caller, repository: Repository, clock: Clock
) -> None:
    opened(control, number=3)
    clock.turn(60)
    pushed = control("POST", "/pulls/3/commits", json={"files": {"b.txt": "b"}}).json()

    found = call("GET", f"{ALL}/3").json()
    assert found["head"]["sha"] == pushed["sha"] == repository.refs()["refs/heads/feature"]
    assert found["merge_commit_sha"] == pushed["merge"]
    assert repository.read(pushed["merge"], "compose.yml") == "services: {}\n"
    assert (found["commits"], found["updated_at"]) == (2, "2026-11-23T12:01:00Z")


def test_a_forced_push_starts_from_main_again(call: Call, control: Caller, repository: Repository) -> None:
    opened(control, number=3)
    control("POST", "/pulls/3/commits", json={"files": {"b.txt": "b"}, "force": True})

    files = call("GET", f"{ALL}/3/files").json()
    assert [(file["filename"], file["status"]) for file in files] == [("b.txt", "added")]


def test_lists_are_by_state_and_in_pages(call: Call, control: Caller, repository: Repository) -> None:
    for number in (1, 2, 3):
        opened(control, f"branch-{number}", number=number)
    control("PATCH", "/pulls/2", json={"state": "closed"})

    def numbers(query: str) -> list[int]:
        return [pull["number"] for pull in call("GET", f"{ALL}?{query}").json()]

    assert numbers("") == [3, 1]
    assert numbers("state=closed") == [2]
    assert numbers("state=all&direction=asc&per_page=2") == [1, 2]
    assert numbers("state=all&head=zitian-party:branch-2") == [2]
    first = call("GET", f"{ALL}?state=all&per_page=2")
    assert [pull["number"] for pull in call("GET", first.links["next"]["url"]).json()] == [1]


def test_a_closed_one_is_told_when(call: Call, control: Caller, repository: Repository, clock: Clock) -> None:
    opened(control, number=1)
    clock.turn(5)
    control("PATCH", "/pulls/1", json={"state": "closed"})
    assert call("GET", f"{ALL}/1").json()["closed_at"] == "2026-11-23T12:00:05Z"

    control("PATCH", "/pulls/1", json={"state": "open"})
    reopened = call("GET", f"{ALL}/1").json()
    assert (reopened["state"], reopened["closed_at"], reopened["merged"]) == ("open", None, False)


def test_a_deleted_branch_closes_it_and_its_commit_stays(
    call: Call, control: Caller, repository: Repository
) -> None:
    made = opened(control, number=1)
    assert control("DELETE", "/pulls/1/branch").status_code == 204

    found = call("GET", f"{ALL}/1").json()
    assert (found["state"], found["head"]["sha"]) == ("closed", made["sha"])
    assert "refs/heads/feature" not in repository.refs()


def test_a_deleted_fork_has_no_repository(call: Call, control: Caller, repository: Repository) -> None:
    opened(control, number=1, fork="stranger/finance_report")
    control("DELETE", "/pulls/1/branch")

    found = call("GET", f"{ALL}/1").json()
    assert (found["state"], found["head"]["repo"]) == ("closed", None)


def test_a_merged_one_is_an_ancestor_of_main(call: Call, control: Caller, repository: Repository) -> None:
    made = opened(control, number=1)
    sha = control("POST", "/pulls/1/merge").json()["sha"]

    found = call("GET", f"{ALL}/1").json()
    assert (found["merged"], found["merge_commit_sha"], found["state"]) == (True, sha, "closed")
    compared = call("GET", f"{REPOSITORY}/compare/main...{made['sha']}").json()
    assert (compared["status"], compared["ahead_by"]) == ("behind", 0)
    assert [pull["number"] for pull in call("GET", f"{REPOSITORY}/commits/{sha}/pulls").json()] == [1]


def test_a_conflict_leaves_no_merge(call: Call, control: Caller, repository: Repository) -> None:
    opened(control, number=1)
    opened(control, "other", number=2, files={"a.txt": "another"})
    control("POST", "/pulls/1/merge")
    control("POST", "/pulls/2/commits", json={"files": {"a.txt": "still another"}})

    found = call("GET", f"{ALL}/2").json()
    assert (found["mergeable"], found["mergeable_state"]) == (False, "dirty")
    assert control("POST", "/pulls/2/merge").status_code == 400


def test_titles_and_branches_may_be_anything(call: Call, control: Caller, repository: Repository) -> None:
    title = "$(touch x) `y` [a](b) <!-- z --> \u202e"
    opened(control, "a;b&c$(d)", number=1, title=title)

    found = call("GET", f"{ALL}/1").json()
    assert (found["title"], found["head"]["ref"]) == (title, "a;b&c$(d)")


def test_an_issue_is_no_pull_request(call: Call, control: Caller, repository: Repository) -> None:
    number = call("POST", f"{REPOSITORY}/issues", json={"title": "x"}).json()["number"]

    assert call("GET", f"{ALL}/{number}").status_code == 404
    assert call("GET", ALL).json() == []


def test_it_can_be_renamed_and_closed_over_the_api(
    call: Call, control: Caller, repository: Repository
) -> None:
    opened(control, number=1)
    call("PATCH", f"{ALL}/1", json={"title": "Other", "state": "closed"})

    found = call("GET", f"{ALL}/1").json()
    assert (found["title"], found["state"]) == ("Other", "closed")
    assert call("PATCH", f"{ALL}/1", json={"state": "merged"}).status_code == 422


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"branch": "x", "number": 0},
        {"branch": "x", "number": "7"},
        {"branch": "x", "base": "nowhere"},
        {"branch": "x", "files": {"a": 1}},
        {"branch": "x", "labels": "preview"},
        {"branch": "x", "colour": "red"},
    ],
)
def test_what_cannot_be_opened_is_400(control: Caller, repository: Repository, body: object) -> None:
    assert control("POST", "/pulls", json=body).status_code == 400


def test_a_number_is_used_once(control: Caller, repository: Repository) -> None:
    opened(control, number=1)

    assert control("POST", "/pulls", json={"branch": "x", "number": 1}).status_code == 400
    assert control("PATCH", "/pulls/99", json={"state": "closed"}).status_code == 404
