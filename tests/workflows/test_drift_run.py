"""G4, S6: drift.yml on the local runner: what drifted has an issue until it is repaired."""

import pytest

from tests.e2e.test_drift import APP, edit
from tests.workflows.documents import Document
from tests.workflows.runner import Run
from tests.workflows.world import World

pytestmark = [pytest.mark.e2e, pytest.mark.long]


def look(world: World) -> Run:
    return world.run("drift.yml", event="schedule", change=without_production)


def without_production(document: Document) -> None:
    """The other job is the same for a stack that is not there in this test."""
    del document["jobs"]["production"]


def test_g4_drift_has_one_issue_until_it_is_repaired_and_not_seeing_is_another_result(world: World) -> None:
    world.staging_stands()
    edit(world.cloud, APP, autoDeploy=True)

    assert "exit status 1" in look(world).red().of("staging")
    (issue,) = world.issues()
    assert (issue["state"], "staging has drifted" in issue["title"]) == ("open", True)

    world.cloud.up("staging", "--refresh").ok()
    look(world).ok()
    (closed,) = world.issues()
    assert (closed["number"], closed["state"]) == (issue["number"], "closed")

    world.cloud.fault(part="dokploy", kind="reject", status=503, times=0)
    assert "exit status 3" in look(world).red().of("staging")
