"""R5, R9, W1: staging-deploy.yml on the local runner, with the real engine and the real Vault."""

from collections.abc import Callable, Mapping

import pytest

from tests.workflows.documents import Document
from tests.workflows.runner import Run
from tests.workflows.world import World

pytestmark = pytest.mark.e2e


def without_digests(document: Document) -> None:
    """The runner hands on no digests."""
    document["jobs"]["deploy"]["outputs"]["digests"] = ""


def as_it_is(document: Document) -> None:
    """The workflow as it stands."""


def after_ci(
    world: World,
    commit: str,
    *,
    change: Callable[[Document], None] = as_it_is,
    facts: Mapping[str, str] | None = None,
) -> Run:
    """What GitHub starts when ci.yml has ended."""
    ended = {
        "head_sha": commit,
        "head_branch": "main",
        "event": "push",
        "conclusion": "success",
        **(facts or {}),
    }
    payload = {"action": "completed", "workflow_run": ended}
    return world.run("staging-deploy.yml", event="workflow_run", payload=payload, change=change)


def test_r5_what_ci_passed_is_deployed_proved_and_gets_the_next_version(world: World) -> None:
    world.staging_stands()
    commit = world.commit({"README.md": "Better\n"})
    digests = world.images(commit)
    world.ci_passed(commit)

    done = after_ci(world, commit).ok()

    assert done.jobs == {"evidence": "success", "deploy": "success", "release": "success"}
    assert world.cloud.health("report-staging.zitian.party").json()["commit"] == commit
    tag = done.outputs("release")["tag"]
    assert f"refs/tags/{tag}" in world.refs()
    shown = world.show(tag)
    assert all(digest in shown for digest in digests.values())


def test_r5_what_is_deployed_is_the_commit_that_was_proved_and_not_what_main_has_since(world: World) -> None:
    world.staging_stands()
    commit = world.commit({"README.md": "Better\n"})
    world.images(commit)
    world.ci_passed(commit)
    world.commit({"__main__.py": "raise SystemExit('main has gone on')\n"})

    done = after_ci(world, commit, change=without_digests).red()

    assert done.step("deploy", "smoke") == "success"
    assert world.cloud.health("report-staging.zitian.party").json()["commit"] == commit
    # GitHub drops an output in which it finds a masked value: no version is red, and not skipped
    assert done.jobs == {"evidence": "success", "deploy": "success", "release": "failure"}
    assert "--digests is not a JSON object" in done.log


def test_r5_nothing_is_deployed_of_a_commit_that_ci_refused(world: World) -> None:
    commit = world.commit({"README.md": "Worse\n"})
    world.images(commit)
    world.ci_passed(commit, conclusion="failure", job="failure")

    told = after_ci(world, commit).red()

    assert told.jobs == {"evidence": "failure", "deploy": "skipped", "release": "skipped"}
    assert world.asked("oidc") == []
    assert world.asked("dokploy") == []


@pytest.mark.parametrize("facts", [{"conclusion": "failure"}, {"event": "pull_request"}], ids=str)
def test_nothing_is_looked_at_when_ci_failed_or_ran_for_a_pull_request(
    world: World, facts: dict[str, str]
) -> None:
    done = after_ci(world, world.main, facts=facts).ok()

    assert set(done.jobs.values()) == {"skipped"}
