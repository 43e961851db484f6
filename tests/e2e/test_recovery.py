"""Answers that are lost, a state that is gone, two at once: a run looks before it makes anything."""

import shutil

import pytest

from tests.e2e.cloud import Cloud
from tests.e2e.looks import await_that, compose, composes, owned, projects, records, running
from tests.e2e.snapshot import staging_runs
from tests.e2e.test_journey import STAGING, version

pytestmark = pytest.mark.e2e

STACK = "finance-report-staging"
DATA, APP = f"{STACK}-data", f"{STACK}-app"


@pytest.mark.long
def test_s1_s2_lost_answers_at_the_first_up_make_no_second_object(cloud: Cloud) -> None:
    cloud.fault(part="dokploy", kind="drop-after", path="project.create")
    cloud.fault(part="dokploy", kind="drop-after", path="compose.create", key=DATA)
    cloud.fault(part="dokploy", kind="drop-before", path="compose.create", key=APP)
    cloud.fault(part="dokploy", kind="error-after", path="compose.update")

    shown = cloud.up("staging", release="v1.0.0").refused().output

    assert "compose.create" in shown
    assert "Run again" in shown
    cloud.up("staging", release="v1.0.0").ok()
    assert set(owned(cloud).values()) == {1}
    assert {row["name"] for row in composes(cloud)} == {DATA, APP}
    state = cloud.resources("staging")
    for tier, name in (("data", DATA), ("app", APP)):
        assert state[f"staging-{tier}-compose"]["id"] == compose(cloud, name)["composeId"]
        assert len(records(cloud, name)) == 1
    assert version(cloud, STAGING) == "v1.0.0"
    cloud.up("staging", "--expect-no-changes").ok()


def test_s10_a_lost_state_is_found_again_by_the_markers_and_nothing_is_deployed(cloud: Cloud) -> None:
    staging_runs(cloud)
    before, ids = running(cloud, STACK), {row["name"]: row["composeId"] for row in composes(cloud)}
    shutil.rmtree(cloud.state / ".pulumi")

    cloud.up("staging", release="v1.0.0").ok()

    assert running(cloud, STACK) == before
    assert {row["name"]: row["composeId"] for row in composes(cloud)} == ids
    assert set(owned(cloud).values()) == {1}
    assert [len(records(cloud, name)) for name in (DATA, APP)] == [1, 1]
    assert [one["version"] for one in cloud.outputs("staging")["verifiedReleases"]] == ["v1.0.0"]
    cloud.preview("staging", "--refresh", "--expect-no-changes").ok()


@pytest.mark.long
def test_s14_two_stacks_first_up_at_the_same_moment_end_with_one_project(cloud: Cloud) -> None:
    cloud.fault(part="dokploy", kind="slow", path="project.create", seconds=600.0, times=0)
    stacks = ("pr-12", "pr-13")
    for stack in stacks:
        cloud.pulumi("stack", "init", stack).ok()
    both = [
        cloud.start(
            *("pulumi", "up", "--yes", "--skip-preview", "--non-interactive", "--stack", stack),
            **cloud.pr(stack),
        )
        for stack in stacks
    ]
    await_that(
        lambda: [fault for fault in cloud.control.get("/faults").json() if fault["hits"] == 2],
        what="both have looked, found no project and make one",
    )
    cloud.control.delete("/faults").raise_for_status()
    outputs = [process.communicate(timeout=120)[0] for process in both]

    assert [process.returncode for process in both] == [0, 0], "\n".join(outputs)
    (project,) = projects(cloud)
    assert {row["name"] for row in project["environments"]} == {"production", *stacks}
    for stack in stacks:
        assert cloud.resources(stack)[f"{stack}-project"]["id"] == project["projectId"]
        assert cloud.health(f"report-{stack}.zitian.party").json()["environment"] == stack
    assert set(owned(cloud).values()) == {1}
