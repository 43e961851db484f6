"""Git sources, cloned by the real git from a real server."""

from typing import Any

import pytest

from tests.sandbox.dokploy.git_server import GitServer, Repository
from tests.sandbox.dokploy.rig import WEB, Rig

pytestmark = pytest.mark.anyio


@pytest.fixture
def repository(git_server: GitServer) -> Repository:
    return Repository(git_server.root / "finance_report.git")


async def service(rig: Rig, git_server: GitServer, ref: str = "main", **settings: Any) -> dict[str, Any]:
    url = git_server.url("finance_report.git")
    return await rig.compose(sourceType="git", customGitUrl=url, customGitBranch=ref, **settings)


async def test_the_record_is_named_after_the_commit_when_it_has_ended(
    rig: Rig, git_server: GitServer, repository: Repository
) -> None:
    """D1: our own title is gone at the end; the deployed commit stands in the description."""
    sha = repository.commit({"docker-compose.yml": WEB}, "first commit\n\nbody line")
    compose = await service(rig, git_server, env="A=1")

    record = await rig.deploy(compose)

    assert record["status"] == "done"
    assert record["title"] == "first commit\n\nbody line"
    assert record["description"] == f"Commit: {sha}"
    command = f"compose -p {compose['appName']} -f ./docker-compose.yml up -d --build --remove-orphans"
    assert rig.docker.commands() == [command]
    assert "Cloning Repo Custom http://127.0.0.1:" in await rig.log(record)


async def test_the_terminal_status_is_there_before_the_new_title(
    rig: Rig, git_server: GitServer, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.commit({"docker-compose.yml": WEB}, "commit message")
    compose = await service(rig, git_server)
    seen: list[tuple[str, str]] = []

    async def look(_folder: object) -> None:
        (row,) = await rig.records(compose)
        seen.append((row["status"], row["title"]))

    monkeypatch.setattr("sandbox.dokploy.jobs.newest_commit", look)
    await rig.deploy(compose)

    assert seen == [("done", "Manual deployment")]


@pytest.mark.parametrize("ref", ["feature/x-1", "a+b@c", "fix#12", "we'ird", "v1.0"])
async def test_branches_and_tags_clone(
    rig: Rig, git_server: GitServer, repository: Repository, ref: str
) -> None:
    tag = ref if ref.startswith("v") else ""
    repository.commit({"docker-compose.yml": WEB}, "x", branch="other" if tag else ref, tag=tag)

    record = await rig.deploy(await service(rig, git_server, ref))

    assert record["status"] == "done", await rig.log(record)


async def test_a_commit_or_a_full_ref_does_not_clone(
    rig: Rig, git_server: GitServer, repository: Repository
) -> None:
    sha = repository.commit({"docker-compose.yml": WEB}, "x")

    for ref in (sha, "refs/heads/main", "nope"):
        compose = await service(rig, git_server, ref)
        record = await rig.deploy(compose)
        log = await rig.log(record)
        assert (record["status"], record["title"]) == ("error", "Manual deployment")
        assert f"fatal: Remote branch {ref} not found in upstream origin" in log
        assert "❌ [ERROR] Fail to clone the repository" in log


async def test_a_failed_clone_leaves_an_empty_folder(
    rig: Rig, git_server: GitServer, repository: Repository
) -> None:
    repository.commit({"docker-compose.yml": WEB}, "x")
    compose = await service(rig, git_server)
    await rig.deploy(compose)
    await rig.ok("compose.update", composeId=compose["composeId"], customGitBranch="gone")

    await rig.deploy(compose)

    assert list(rig.code(compose).iterdir()) == []
    record = await rig.deploy(compose, again=True)
    assert "Compose file not found" in await rig.log(record)


async def test_a_redeploy_does_not_pull_and_keeps_its_own_title(
    rig: Rig, git_server: GitServer, repository: Repository
) -> None:
    first = repository.commit({"docker-compose.yml": WEB}, "first")
    compose = await service(rig, git_server)
    await rig.deploy(compose)
    second = repository.commit({"docker-compose.yml": WEB}, "second")

    again = await rig.deploy(compose, again=True)
    fresh = await rig.deploy(compose)

    assert again["title"] == "Rebuild deployment"
    assert first in (await rig.records(compose))[2]["description"]
    assert second in fresh["description"]


async def test_a_file_in_a_folder_gets_its_env_beside_it(
    rig: Rig, git_server: GitServer, repository: Repository
) -> None:
    repository.commit({"deploy/compose.yml": WEB, "deploy/.env": "OLD=1"}, "x")
    compose = await service(rig, git_server, composePath="./deploy/compose.yml", env="A=1")

    await rig.deploy(compose)

    assert 'A="1"' in rig.code(compose, "deploy/.env").read_text()
    assert "OLD" not in rig.code(compose, "deploy/.env").read_text()
    assert not rig.code(compose, ".env").exists()


@pytest.mark.parametrize("path", ["./missing.yml", "../../../../outside.yml", "/etc/hostname"])
async def test_a_file_that_is_missing_or_outside_is_not_found(
    rig: Rig, git_server: GitServer, repository: Repository, path: str
) -> None:
    (rig.world.root / "outside.yml").write_text(WEB)
    repository.commit({"docker-compose.yml": WEB}, "the message")

    record = await rig.deploy(await service(rig, git_server, composePath=path))

    assert (record["status"], record["title"]) == ("error", "the message")
    assert "Compose file not found" in await rig.log(record)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"customGitUrl": "git://127.0.0.1/x.git", "customGitBranch": "main"}, "without a ssh key"),
        ({"customGitUrl": None, "customGitBranch": "main"}, "Repository not found"),
        ({"customGitUrl": "http://127.0.0.1/x.git", "customGitBranch": None}, "Repository not found"),
    ],
)
async def test_what_cannot_be_cloned_is_told_by_the_deployment(
    rig: Rig, settings: dict[str, Any], message: str
) -> None:
    record = await rig.deploy(await rig.compose(sourceType="git", **settings))

    assert message in await rig.log(record)
