import pytest

from sandbox.git import Repository
from sandbox.git.history import Change, History

MAIN = "refs/heads/main"


@pytest.fixture
def history(repository: Repository) -> History:
    return History(repository)


def test_two_commits_are_apart_as_git_counts(history: History, repository: Repository) -> None:
    main = repository.refs()[MAIN]
    one = repository.commit({"a": "1"}, branch="a")
    two = repository.commit({"a": "2"}, branch="a")
    other = repository.commit({"b": "1"}, branch="b")

    seen = history.compare(other, two)
    assert (seen.status, seen.ahead, seen.behind, seen.merge_base) == ("diverged", [one, two], 1, main)
    assert history.compare(main, two).status == "ahead"
    assert history.compare(two, main).status == "behind"
    assert history.compare(two, two).status == "identical"


def test_changes_say_what_became_of_each_file(history: History, repository: Repository) -> None:
    before = repository.commit({"gone": "1\n", "same": "1\n", "other": "1\n"}, branch="a")
    after = repository.commit({"gone": None, "new ü": "1\n2\n", "other": "2\n"}, branch="a")

    assert {change.path: change for change in history.changes(before, after)} == {
        "gone": Change(path="gone", status="removed", additions=0, deletions=1),
        "new ü": Change(path="new ü", status="added", additions=2, deletions=0),
        "other": Change(path="other", status="modified", additions=1, deletions=1),
    }


def test_a_merge_has_both_parents_and_both_files(history: History, repository: Repository) -> None:
    one = repository.commit({"a": "1"}, branch="a")
    two = repository.commit({"b": "1"}, branch="b")

    merged = history.merge(one, two, message="both")
    assert merged is not None
    assert (repository.read(merged, "a"), repository.read(merged, "b")) == ("1", "1")
    assert repository.git("log", "-1", "--format=%P", merged).split() == [one, two]


def test_a_conflict_makes_no_merge(history: History, repository: Repository) -> None:
    one, two = (repository.commit({"a": branch}, branch=branch) for branch in ("x", "y"))

    assert history.merge(one, two, message="both") is None


def test_what_lies_at_a_path_is_told(history: History, repository: Repository) -> None:
    sha = repository.commit({"deep/er/file": "text", "deep/other": ""}, branch="a")

    file = history.entry(sha, "deep/er/file")
    assert file is not None
    assert (file.kind, file.size) == ("blob", 4)
    assert [(entry.path, entry.kind) for entry in history.folder(sha, "deep")] == [
        ("deep/er", "tree"),
        ("deep/other", "blob"),
    ]
    root = history.entry(sha, "")
    assert root is not None
    assert root.kind == "tree"
    assert history.entry(sha, "none") is None
