import pytest

from sandbox.git import GitError, Repository
from sandbox.git.references import NotAhead, References, RefExists, RefMissing

MAIN = "refs/heads/main"


@pytest.fixture
def references(repository: Repository) -> References:
    return References(repository)


def test_a_ref_is_made_once(references: References, repository: Repository) -> None:
    sha = repository.refs()[MAIN]
    references.create("refs/tags/v1", sha)

    with pytest.raises(RefExists):
        references.create("refs/tags/v1", sha)
    assert references.get("refs/tags/v1") == sha


def test_a_ref_to_nothing_is_not_made(references: References) -> None:
    with pytest.raises(GitError):
        references.create("refs/tags/v1", "1" * 40)
    with pytest.raises(GitError):
        references.create("refs/tags/a..b", "1" * 40)
    assert references.get("refs/tags/v1") is None


def test_a_ref_loses_no_commit_without_force(references: References, repository: Repository) -> None:
    first = repository.refs()[MAIN]
    second = repository.commit({"a": "1"}, branch="main")

    with pytest.raises(NotAhead):
        references.update(MAIN, first, force=False)
    references.update(MAIN, first, force=True)
    references.update(MAIN, second, force=False)
    assert references.get(MAIN) == second


def test_what_is_not_there_cannot_be_moved_or_deleted(references: References, repository: Repository) -> None:
    with pytest.raises(RefMissing):
        references.update("refs/tags/v1", repository.refs()[MAIN], force=True)
    with pytest.raises(RefMissing):
        references.delete("refs/tags/v1")


def test_a_name_may_mean_branch_tag_or_commit(references: References, repository: Repository) -> None:
    sha = repository.commit({"a": "1"}, branch="feature/x", tag="v1")

    names = ["feature/x", "heads/feature/x", "refs/heads/feature/x", "v1", "tags/v1", sha, sha[:7]]
    assert {references.commit_of(name) for name in names} == {sha}
    assert [references.commit_of(name) for name in ("none", "abcdef0", "--help", "v1^")] == [None] * 4


def test_refs_are_found_by_their_beginning(references: References, repository: Repository) -> None:
    sha = repository.refs()[MAIN]
    for name in ("preview/a", "preview/b", "v1"):
        references.create(f"refs/tags/{name}", sha)

    assert set(references.matching("refs/tags/preview/")) == {"refs/tags/preview/a", "refs/tags/preview/b"}
