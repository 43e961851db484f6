from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from model.layers import Stack
from sandbox.github import runs
from strata.github.errors import Forbidden
from strata.release.record import Record
from strata.release.rollback import WayBack, clear, way_back
from tests.strata.release.town import Fault, Town

PRODUCTION = Stack.parse("production")


def verified(town: Town, version: str) -> dict[str, Any]:
    """A release whose images are in the registry, as a stack puts it out."""
    images = town.push_images(version.encode().hex().ljust(40, "0"), tag=version)
    return {
        "version": version,
        "commit": "a" * 40,
        "images": {
            service: str(image.at(tag=version).pin(str(image.digest))) for service, image in images.items()
        },
        "time": "2026-11-23T12:00:00Z",
    }


def recorded(version: str, result: str = "verified") -> Record:
    return Record.model_validate(
        {
            "version": version,
            "commit": "a" * 40,
            "images": {},
            "who": "octocat",
            "from": "staging",
            "when": datetime(2026, 11, 23, tzinfo=UTC),
            "verified": "smoke",
            "result": result,
        }
    )


def plan(
    town: Town,
    *known: dict[str, Any],
    kept: Sequence[Record] = (),
    deploying: str | None = None,
    stack: Stack = PRODUCTION,
) -> WayBack:
    outputs = {"release": known[0], "verifiedReleases": list(known)} if known else {}
    return way_back(outputs, stack, kept=kept, registry=town.registry, deploying=deploying)


def test_d10_the_way_back_is_what_the_stack_runs_before_the_next_release(town: Town) -> None:
    way = plan(town, verified(town, "v1.0.1"), verified(town, "v1.0.0"), deploying="v1.1.0")

    assert way.release is not None
    assert way.release.version == "v1.0.1"


def test_r8_a_release_that_is_deployed_again_goes_back_to_the_one_before_it(town: Town) -> None:
    way = plan(town, verified(town, "v1.0.1"), verified(town, "v1.0.0"), deploying="v1.0.1")

    assert way.release is not None
    assert way.release.version == "v1.0.0"


@pytest.mark.parametrize("result", ["failed", "rolled back"])
def test_r8_a_release_that_failed_after_its_deployment_is_no_way_back(town: Town, result: str) -> None:
    """The state has it as verified: `pulumi up` wrote that down before smoke checks and monitoring looked."""
    known = [verified(town, "v1.0.2"), verified(town, "v1.0.1"), verified(town, "v1.0.0")]
    kept = [recorded("v1.0.2", result), recorded("v1.0.2"), recorded("v1.0.0")]

    way = plan(town, *known, kept=kept, deploying="v1.1.0")
    none = plan(town, *known[:2], kept=kept, deploying="v1.1.0")

    assert way.release is not None
    assert way.release.version == "v1.0.0"
    assert none.release is None
    assert f"v1.0.2 (recorded as {result}); v1.0.1 (no record of it)" in none.said


def test_r8_a_release_that_failed_once_and_was_verified_since_is_a_way_back(town: Town) -> None:
    kept = [recorded("v1.0.1"), recorded("v1.0.1", "failed")]

    way = plan(town, verified(town, "v1.0.1"), kept=kept)

    assert (way.release is not None, way.said.startswith("v1.0.1 (commit")) == (True, True)
    assert "nothing is recorded" not in way.said


def test_r8_without_any_record_the_state_is_believed_and_that_is_said(town: Town) -> None:
    way = plan(town, verified(town, "v1.0.1"))

    assert way.release is not None
    assert "nothing is recorded of it, so its state alone" in way.said


def test_r8_where_nothing_was_verified_it_says_so(town: Town) -> None:
    way = plan(town)

    assert (way.release, way.said) == (
        None,
        "production has verified no release yet: there is nothing to go back to",
    )


def test_r8_the_release_that_is_deployed_is_no_way_back_to_itself(town: Town) -> None:
    way = plan(town, verified(town, "v1.0.0"), deploying="v1.0.0")

    assert way.release is None
    assert "no other release" in way.said


def test_r8_a_release_whose_images_are_gone_is_no_way_back(town: Town) -> None:
    gone, older = verified(town, "v1.0.1"), verified(town, "v1.0.0")
    for image in gone["images"].values():
        town.store.remove(image.partition("@")[0])

    way = plan(town, gone, older)
    none = plan(town, gone)

    assert way.release is not None
    assert way.release.version == "v1.0.0"
    assert none.release is None
    assert "v1.0.1 (ghcr.io" in none.said


def test_r1_production_goes_back_to_a_release_tag_only(town: Town) -> None:
    sha = verified(town, "sha-" + "c" * 40)

    assert plan(town, sha).release is None
    assert plan(town, sha, stack=Stack.parse("staging")).release is not None


def waiting(town: Town, status: str, *, workflow: str = "production-deploy.yml", **more: Any) -> int:
    commit = town.git.refs()["refs/heads/main"]
    run = runs.record(
        town.world,
        path=f".github/workflows/{workflow}",
        head_sha=commit,
        head_branch="v1.0.0",
        event="release",
        status=status,
        **more,
    )
    return int(run["id"])


def statuses(town: Town) -> dict[int, str]:
    return {row["id"]: row["status"] for row in town.world.store.table("github.run").where()}


@pytest.mark.parametrize("status", ["waiting", "pending", "queued", "requested"])
def test_w1_a_run_that_nobody_approved_is_cancelled(town: Town, status: str) -> None:
    run = waiting(town, status)
    said: list[str] = []

    assert clear(town.github, say=said.append) == 1
    assert statuses(town) == {run: "completed"}
    assert said == [f"run {run} is cancelled: it was {status}"]


@pytest.mark.parametrize("running", ["Evidence", "The release's tag on the verified digests"])
def test_w1_a_run_that_is_on_its_way_to_the_gate_is_cancelled(town: Town, running: str) -> None:
    run = waiting(town, "in_progress", jobs=[{"name": running}])

    assert clear(town.github, say=lambda _: None) == 1
    assert statuses(town) == {run: "completed"}


@pytest.mark.parametrize("status", ["waiting", "pending", "queued"])
def test_w1_a_run_is_cancelled_whose_deployment_has_not_started(town: Town, status: str) -> None:
    before = {"name": "Evidence", "status": "completed"}
    run = waiting(town, "in_progress", jobs=[before, {"name": "Deploy", "status": status}])

    assert clear(town.github, say=lambda _: None) == 1
    assert statuses(town) == {run: "completed"}


@pytest.mark.parametrize("whole", ["in_progress", "waiting"])
@pytest.mark.parametrize("deploy", ["in_progress", "completed"])
def test_w1_a_run_that_deploys_is_never_cancelled(town: Town, whole: str, deploy: str) -> None:
    run = waiting(town, whole, jobs=[{"name": "Deploy", "status": deploy}, {"name": "x"}])
    said: list[str] = []

    assert clear(town.github, say=said.append) == 0
    assert statuses(town) == {run: whole}
    assert said == [f"run {run} is left alone: its job Deploy is {deploy}"]


def test_w1_a_run_that_was_approved_since_it_was_listed_is_left_alone(town: Town) -> None:
    run = waiting(town, "waiting", jobs=[{"name": "Deploy"}])

    def approve(request: httpx.Request) -> None:
        if request.url.path.endswith(f"/actions/runs/{run}"):
            town.world.store.table("github.run").patch(str(run), status="in_progress")
            for job in town.world.store.table("github.job").where(run=run):
                town.world.store.table("github.job").patch(str(job["id"]), status="in_progress")

    town.to_github.before.append(approve)

    assert clear(town.github, say=lambda _: None) == 0
    assert statuses(town) == {run: "in_progress"}


def test_w1_a_run_that_ended_since_it_was_listed_is_left_alone(town: Town) -> None:
    run = waiting(town, "in_progress")

    def end(request: httpx.Request) -> None:
        if request.url.path.endswith(f"/actions/runs/{run}"):
            runs.finish(town.world, run, "success")

    town.to_github.before.append(end)
    said: list[str] = []

    assert clear(town.github, say=said.append) == 0
    assert said == [f"run {run} has ended meanwhile"]


def test_w1_other_workflows_are_not_looked_at(town: Town) -> None:
    other = waiting(town, "waiting", workflow="staging-deploy.yml")
    waiting(town, "waiting")

    assert clear(town.github, say=lambda _: None) == 1
    assert statuses(town)[other] == "waiting"


def test_w1_a_run_that_ended_meanwhile_is_no_failure(town: Town) -> None:
    run = waiting(town, "waiting")
    ended = httpx.Response(409, json={"message": "Cannot cancel a workflow run that is completed."})
    town.to_github.faults.append(Fault("POST", "/cancel", ended))
    said: list[str] = []

    assert clear(town.github, say=said.append) == 0
    assert said == [f"run {run} has ended meanwhile"]


def test_w1_a_token_that_may_not_cancel_is_told_with_the_permission(town: Town) -> None:
    waiting(town, "waiting")
    headers = {"x-accepted-github-permissions": "actions=write"}
    town.to_github.faults.append(Fault("POST", "/cancel", httpx.Response(403, headers=headers, json={})))

    with pytest.raises(Forbidden, match="actions=write"):
        clear(town.github, say=lambda _: None)
