import pytest

from sandbox.git import GitError, Repository
from sandbox.git.objects import Objects

MAIN = "refs/heads/main"


@pytest.fixture
def objects(repository: Repository) -> Objects:
    return Objects(repository)


def test_a_commit_is_read_whole(objects: Objects, repository: Repository) -> None:
    parent = repository.refs()[MAIN]
    sha = repository.commit_on(parent, {"a": "1"}, message="Title\n\nbody with ü\nand lines")

    found = objects.commit(sha)
    assert (found.sha, found.parents, found.message) == (sha, [parent], "Title\n\nbody with ü\nand lines")
    assert (found.author.name, found.author.date) == ("Strata sandbox", "2026-11-23T12:00:00Z")
    assert found.tree == repository.git("rev-parse", f"{sha}^{{tree}}").strip()


def test_the_first_commit_has_no_parent(objects: Objects, repository: Repository) -> None:
    assert objects.commit(repository.refs()[MAIN]).parents == []


def test_a_tag_is_read_back_as_it_was_written(objects: Objects, repository: Repository) -> None:
    target = repository.refs()[MAIN]
    sha = objects.write_tag(
        name="v1.0.0",
        message="v1.0.0\n\nlines\n\n",
        target=target,
        kind="commit",
        tagger="Some One <one@example.test>",
        seconds=0,
    )

    found = objects.tag(sha)
    assert (found.name, found.message, found.target, found.kind) == (
        "v1.0.0",
        "v1.0.0\n\nlines",
        target,
        "commit",
    )
    assert (found.tagger.name, found.tagger.email) == ("Some One", "one@example.test")
    assert found.tagger.date == "1970-01-01T00:00:00Z"
    assert objects.kind(sha) == "tag"


def test_a_tag_on_nothing_is_not_written(objects: Objects) -> None:
    with pytest.raises(GitError):
        objects.write_tag(name="v1", message="m", target="1" * 40, kind="commit", tagger="a <b>", seconds=0)


@pytest.mark.parametrize("name", ["main", "1" * 40, "", "HEAD", "--batch"])
def test_only_whole_names_of_objects_have_a_kind(objects: Objects, name: str) -> None:
    assert objects.kind(name) is None


def test_a_commit_that_is_not_there_is_an_error(objects: Objects) -> None:
    with pytest.raises(GitError):
        objects.commit("1" * 40)
    with pytest.raises(GitError):
        objects.tag("1" * 40)
