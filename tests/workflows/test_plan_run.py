"""The job `plan` of ci.yml: one comment that is edited; it sees names and versions, and no value."""

import pytest

from tests.workflows.runner import Run
from tests.workflows.world import World

pytestmark = [pytest.mark.e2e, pytest.mark.long]


def review(world: World, number: int, action: str) -> Run:
    return world.run(
        "ci.yml",
        event="pull_request",
        payload=world.pull(number, action),
        ref=f"refs/pull/{number}/merge",
        sha=world.merge_of(number),
    )


def test_a_review_sees_what_staging_would_become_in_one_comment(world: World) -> None:
    world.staging_stands()
    world.production_stands()
    settings = world.file("Pulumi.staging.yaml")
    change = {"Pulumi.staging.yaml": f"{settings}\n  finance-report:hostPrefix: accounts\n"}
    number = world.tell("POST", "pulls", branch="feature", files=change)["number"]

    review(world, number, "opened").ok()

    (comment,) = world.table("comment")
    assert "accounts-staging.zitian.party" in comment["body"]
    assert world.cloud.health("report-staging.zitian.party").json()["status"] == "ok"

    world.tell("POST", f"pulls/{number}/commits", files={"README.md": "More\n"})
    review(world, number, "synchronize").ok()

    (edited,) = world.table("comment")
    assert edited["id"] == comment["id"]
