import shutil
from pathlib import Path

import pytest

from sandbox.git import GitError, Repository
from sandbox.world import World
from tests.sandbox.git.conftest import git

MAIN = "refs/heads/main"


def test_it_starts_from_the_projects_head_as_main(repository: Repository, project: Path) -> None:
    head = git("rev-parse", "HEAD", cwd=project).strip()

    assert repository.refs() == {MAIN: head}
    assert repository.read(head, "compose.yml") == "services: {}\n"


def test_a_shallow_checkout_will_do(world: World, project: Path, tmp_path: Path) -> None:
    git("commit", "--quiet", "--all", "-m", "second", cwd=project)
    git("clone", "--quiet", "--depth", "1", f"file://{project}", "shallow", cwd=tmp_path)
    repository = Repository(world, source=tmp_path / "shallow")

    repository.seed()

    assert repository.read(repository.refs()[MAIN], "compose.yml") == "services: {web: {}}\n"


def test_a_project_without_git_gives_its_files_but_not_what_it_ignores(world: World, project: Path) -> None:
    shutil.rmtree(project / ".git")
    (project / ".gitignore").write_text("secret\n")
    (project / "secret").write_text("x")
    repository = Repository(world, source=project)

    repository.seed()

    main = repository.refs()[MAIN]
    assert repository.read(main, "compose.yml") == "services: {web: {}}\n"
    with pytest.raises(GitError):
        repository.read(main, "secret")


def test_a_second_seeding_changes_nothing(repository: Repository) -> None:
    repository.commit({"a": "1"}, branch="main")
    before = repository.refs()

    repository.seed()

    assert repository.refs() == before


def test_a_commit_stands_on_head_and_keeps_the_other_files(repository: Repository) -> None:
    head = repository.refs()[MAIN]

    sha = repository.commit({"deep/er/file.txt": "ü\r\n"}, branch="feature/x", tag="preview/pr-1")

    assert repository.read(sha, "deep/er/file.txt") == "ü\r\n"
    assert repository.read(sha, "compose.yml") == "services: {}\n"
    assert repository.refs() == {MAIN: head, "refs/heads/feature/x": sha, "refs/tags/preview/pr-1": sha}
    assert git("rev-parse", f"{sha}^", cwd=repository.path).strip() == head


def test_a_second_commit_on_a_branch_stands_on_the_first(repository: Repository) -> None:
    first = repository.commit({"a": "1"}, branch="x")
    second = repository.commit({"b": "2"}, branch="x")

    assert git("rev-parse", f"{second}^", cwd=repository.path).strip() == first
    assert repository.read(second, "a") == "1"


def test_the_sandbox_signs_with_a_name_and_time_of_its_own(repository: Repository) -> None:
    sha = repository.commit({"a": "1"}, branch="x")

    shown = git("show", "--no-patch", "--format=%an <%ae> %cn %cI", sha, cwd=repository.path).strip()
    assert shown == "Strata sandbox <sandbox@strata.invalid> Strata sandbox 2026-11-23T12:00:00+00:00"


def test_the_same_change_at_the_same_time_is_the_same_commit(
    world: World, project: Path, tmp_path: Path, repository: Repository
) -> None:
    world.root = tmp_path / "other"
    other = Repository(world, source=project)
    other.seed()

    assert other.commit({"a": "1"}, branch="x") == repository.commit({"a": "1"}, branch="x")


def test_a_tag_moves(repository: Repository) -> None:
    first = repository.refs()[MAIN]
    second = repository.commit({"a": "1"}, branch="x")

    repository.tag("preview/pr-1", first)
    repository.tag("preview/pr-1", second)

    assert repository.refs()["refs/tags/preview/pr-1"] == second


def test_setting_the_refs_takes_the_others_away(repository: Repository) -> None:
    before = repository.refs()
    repository.commit({"a": "1"}, branch="x", tag="t")
    repository.commit({"a": "2"}, branch="main")

    repository.set_refs(before)

    assert repository.refs() == before


@pytest.mark.parametrize("name", ["", "-x", "a..b", "a b", "x.lock", "a/", "a:b", "a~1", "a^", "@{x"])
def test_a_name_that_is_none_is_refused(repository: Repository, name: str) -> None:
    with pytest.raises(GitError, match="no name for a branch or tag"):
        repository.commit({"a": "1"}, branch=name)


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", "a/../b", ".git/config", "a//b", ""])
def test_a_path_outside_the_repository_is_refused(repository: Repository, path: str) -> None:
    with pytest.raises(GitError, match="no path inside a repository"):
        repository.commit({path: "1"}, branch="x")


def test_a_tag_needs_a_commit(repository: Repository) -> None:
    with pytest.raises(GitError, match="rev-parse"):
        repository.tag("t", "0" * 40)


def test_a_hooks_environment_does_not_lead_git_astray(
    world: World, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    repository = Repository(world, source=project)

    repository.seed()

    assert list(repository.refs()) == [MAIN]
