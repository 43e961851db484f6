import pytest

from sandbox.git import Repository
from tests.sandbox.github.conftest import REPOSITORY, Call

MAIN = "refs/heads/main"


@pytest.mark.parametrize("name", ["main", "heads/main", "v1", "tags/v1", "feature/deep"])
def test_a_commit_is_found_by_branch_and_tag(call: Call, repository: Repository, name: str) -> None:
    sha = repository.refs()[MAIN]
    repository.tag("v1", sha)
    repository.git("update-ref", "refs/heads/feature/deep", sha)

    assert call("GET", f"{REPOSITORY}/commits/{name}").json()["sha"] == sha


def test_a_commit_is_found_by_its_beginning(call: Call, repository: Repository) -> None:
    sha = repository.commit({"a.txt": "1\n"}, branch="main")

    found = call("GET", f"{REPOSITORY}/commits/{sha[:10]}").json()
    assert (found["sha"], len(found["parents"])) == (sha, 1)
    assert [(file["filename"], file["additions"]) for file in found["files"]] == [("a.txt", 1)]
    assert found["commit"]["committer"]["date"] == "2026-11-23T12:00:00Z"


def test_a_commit_that_is_not_there_is_422_in_githubs_words(call: Call, repository: Repository) -> None:
    answer = call("GET", f"{REPOSITORY}/commits/nowhere")

    assert (answer.status_code, answer.json()["message"]) == (422, "No commit found for SHA: nowhere")


def test_only_the_name_of_a_commit_can_be_asked_for(call: Call, repository: Repository) -> None:
    answer = call("GET", f"{REPOSITORY}/commits/main", headers={"Accept": "application/vnd.github.sha"})

    assert answer.text == repository.refs()[MAIN]


def test_the_log_is_newest_first_and_by_path(call: Call, repository: Repository) -> None:
    first = repository.refs()[MAIN]
    second = repository.commit({"a": "1"}, branch="main")

    assert [one["sha"] for one in call("GET", f"{REPOSITORY}/commits").json()] == [second, first]
    of_file = call("GET", f"{REPOSITORY}/commits?path=compose.yml&sha=main").json()
    assert [one["sha"] for one in of_file] == [first]


@pytest.mark.parametrize(
    ("base", "head", "expected"),
    [
        ("main", "main", ("identical", 0, 0)),
        ("main", "feature", ("ahead", 2, 0)),
        ("feature", "main", ("behind", 0, 2)),
        ("feature", "other", ("diverged", 1, 2)),
    ],
)
def test_r4_how_far_commits_are_apart_is_what_git_says(
    call: Call, repository: Repository, base: str, head: str, expected: tuple[str, int, int]
) -> None:
    repository.commit({"a": "1"}, branch="feature")
    repository.commit({"a": "2"}, branch="feature")
    repository.commit({"b": "1"}, branch="other")

    found = call("GET", f"{REPOSITORY}/compare/{base}...{head}").json()
    assert (found["status"], found["ahead_by"], found["behind_by"]) == expected
    assert len(found["commits"]) == expected[1]
    assert found["merge_base_commit"]["sha"] == repository.refs()[MAIN]


def test_a_comparisons_commits_come_in_pages_and_its_files_with_the_first(
    call: Call, repository: Repository
) -> None:
    shas = [repository.commit({"a": str(number)}, branch="feature") for number in range(3)]

    def asked(query: str) -> tuple[list[str], int, int]:
        found = call("GET", f"{REPOSITORY}/compare/main...feature?{query}").json()
        return [one["sha"] for one in found["commits"]], len(found["files"]), found["total_commits"]

    assert asked("per_page=2") == (shas[:2], 1, 3)
    assert asked("per_page=2&page=2") == (shas[2:], 0, 3)
    assert asked("per_page=some") == (shas, 1, 3)


@pytest.mark.parametrize("words", ["main", "main...nowhere", "...main", "a...b...c"])
def test_a_comparison_that_cannot_be_made_is_404(call: Call, repository: Repository, words: str) -> None:
    assert call("GET", f"{REPOSITORY}/compare/{words}").status_code == 404


def test_strangers_have_nothing_in_common(call: Call, repository: Repository) -> None:
    tree = repository.git("rev-parse", "main^{tree}").strip()
    stranger = repository.git("commit-tree", tree, "-m", "from nowhere").strip()
    repository.git("update-ref", "refs/heads/stranger", stranger)

    answer = call("GET", f"{REPOSITORY}/compare/main...stranger")
    assert answer.status_code == 404
    assert "No common ancestor" in answer.json()["message"]


def test_a_commits_object_is_read_by_its_whole_name(call: Call, repository: Repository) -> None:
    sha = repository.refs()[MAIN]

    assert call("GET", f"{REPOSITORY}/git/commits/{sha}").json()["message"] == "first"
    assert call("GET", f"{REPOSITORY}/git/commits/main").status_code == 404
    assert call("GET", f"{REPOSITORY}/git/commits/{'0' * 40}").status_code == 404
