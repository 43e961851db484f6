"""R4, R8, R9, W1: production-deploy.yml and rollback.yml on the local runner."""

from collections.abc import Callable
from functools import partial

import pytest

from tests.workflows.documents import Document
from tests.workflows.runner import Run
from tests.workflows.test_staging_run import after_ci
from tests.workflows.world import World

pytestmark = [pytest.mark.e2e]
HOST = "report.zitian.party"


def shorter(document: Document) -> None:
    """Ten minutes of watching are for production, and a minute of patience; the commands are the same."""
    for step in document["jobs"]["deploy"]["steps"]:
        given = step.get("run", "")
        if given.startswith("strata monitor"):
            step["run"] = given.replace("--minutes 10", "--minutes 0.05")
        if given.startswith("strata smoke"):
            step["run"] = f"{given} --window 8"


def disturbed(document: Document) -> None:
    """The ingress refuses production after `pulumi up` has ended well, and until it is rolled back."""
    shorter(document)
    steps = document["jobs"]["deploy"]["steps"]
    disturb = {"run": 'python3 "$HARNESS_STUBS/disturb.py"'}
    steps.insert(_index(steps, "up") + 1, {**disturb, "env": {"HARNESS_HOST": HOST}})
    steps.insert(_index(steps, "back"), {**disturb, "if": "always()"})


def _index(steps: list[Document], identity: str) -> int:
    return next(at for at, step in enumerate(steps) if step.get("id") == identity)


def publish(world: World, tag: str, *, change: Callable[[Document], None] = shorter) -> Run:
    payload = {"action": "published", "release": {"tag_name": tag}}
    return world.run(
        "production-deploy.yml",
        event="release",
        payload=payload,
        ref=f"refs/tags/{tag}",
        sha=world.commit_of(tag),
        change=change,
    )


def released(world: World, text: str) -> str:
    """The version of a change that staging has verified."""
    commit = world.commit({"README.md": text})
    world.images(commit)
    world.ci_passed(commit)
    return after_ci(world, commit).ok().outputs("release")["tag"]


def test_r4_what_staging_has_not_verified_ends_before_the_gate(world: World) -> None:
    world.images(world.main)
    world.ci_passed(world.main)
    world.tag("v1.4.0", world.main)

    done = publish(world, "v1.4.0").red()

    assert done.jobs == {"evidence": "failure", "plan": "skipped", "tag": "skipped", "deploy": "skipped"}
    assert "staging has not proved it" in done.summary
    assert world.asked("oidc") == []
    assert world.asked("dokploy") == []


def looked_at_before(document: Document) -> None:
    """Evidence was there when the run began to wait for its approval, and is not any more."""
    shorter(document)
    evidence, tag = document["jobs"]["evidence"], document["jobs"]["tag"]
    evidence["outputs"]["go"] = "true"
    evidence["steps"][-1]["run"] = tag["steps"][-1]["run"] = "strata --help"


def test_r4_what_was_right_when_it_began_to_wait_is_looked_at_again_behind_the_gate(world: World) -> None:
    world.images(world.main)
    world.ci_passed(world.main)
    world.tag("v1.4.0", world.main)

    done = publish(world, "v1.4.0", change=looked_at_before).red()

    assert (done.jobs["tag"], done.jobs["deploy"]) == ("success", "failure")
    assert [done.step("deploy", one) for one in ("still", "before", "up", "back")] == [
        "failure",
        *("skipped", "skipped", "skipped"),
    ]
    assert "staging has not proved it" in done.summary
    assert "| CI's job 'required' passed | ok |" in done.summary
    assert not [one for one in world.asked("dokploy") if not one.startswith("GET")]
    assert world.table("deployment") == []


def test_r8_a_clearing_that_fails_is_told_and_holds_up_no_rollback(world: World) -> None:
    world.images(world.main)
    world.tag("v1.4.0", world.main)

    def without_a_client(document: Document) -> None:
        document["jobs"]["cancel"]["steps"][-1]["env"]["GITHUB_TOKEN"] = "not-a-token"

    done = world.run(
        "rollback.yml", ref="refs/tags/v1.4.0", sha=world.commit_of("v1.4.0"), change=without_a_client
    ).red()

    assert done.jobs["cancel"] == "failure"
    assert "Clearing failed: the rollback goes on without it" in done.summary
    assert done.step("deploy", "strata login") == "success"


@pytest.mark.long
def test_r8_a_release_goes_to_production_one_that_is_wrong_comes_back_and_a_person_goes_back_too(
    world: World,
) -> None:
    world.staging_stands()
    first, second = released(world, "One\n"), released(world, "Two\n")
    world.cloud.up("production", release=first).ok()
    version = partial(lambda: world.cloud.health(HOST).json()["version"])

    dry = world.run(
        "production-deploy.yml",
        inputs={"dry_run": "true"},
        ref=f"refs/tags/{second}",
        sha=world.commit_of(second),
    ).ok()
    assert dry.jobs == {"evidence": "success", "plan": "success", "tag": "skipped", "deploy": "skipped"}
    assert version() == first

    good = publish(world, second).ok()
    assert good.jobs["deploy"] == "success"
    assert version() == second
    assert good.step("deploy", "back") == "skipped"
    assert [one["environment"] for one in world.table("deployment")].count("production") == 1

    third = released(world, "Three\n")
    bad = publish(world, third, change=disturbed).red()
    steps = ("up", "smoke", "monitor", "back", "proved")
    ended = [bad.step("deploy", step) for step in steps]
    assert ended == ["success", "failure", "skipped", "success", "success"]
    assert version() == second

    waiting = world.tell("POST", "runs", workflow="production-deploy.yml", waiting=["production"])["id"]
    back = world.run("rollback.yml", ref=f"refs/tags/{first}", sha=world.commit_of(first)).ok()
    assert back.jobs == {"cancel": "success", "deploy": "success"}
    assert f"run {waiting} is cancelled" in back.log
    assert version() == first
