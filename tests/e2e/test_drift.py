"""What someone changed at Dokploy by hand is seen by a refresh, repaired and deployed."""

from typing import Any

import pytest

from tests.e2e.cloud import Cloud, Result
from tests.e2e.looks import await_that, by_hand, compose, images, records, running
from tests.e2e.snapshot import staging_runs
from tests.e2e.test_journey import STAGING, version

pytestmark = pytest.mark.e2e

DATA, APP = "finance-report-staging-data", "finance-report-staging-app"
DRIFT = 7
"""Exit code of a refresh that was not to find changes and found some."""


def look(cloud: Cloud) -> Result:
    return cloud.refresh("staging", "--preview-only", "--diff", "--expect-no-changes")


def verified(cloud: Cloud) -> list[tuple[str, str, dict[str, str]]]:
    """What the stack has verified, without the times."""
    found = cloud.outputs("staging")["verifiedReleases"]
    return [(one["version"], one["commit"], one["images"]) for one in found]


def edit(cloud: Cloud, name: str, **changes: Any) -> None:
    by_hand(cloud, "compose.update", {"composeId": compose(cloud, name)["composeId"], **changes})


def deploy(cloud: Cloud, name: str) -> None:
    """Press the button and wait."""
    before = len(records(cloud, name))
    by_hand(cloud, "compose.deploy", {"composeId": compose(cloud, name)["composeId"]})
    ended = {"done", "error"}
    await_that(
        lambda: len(found := records(cloud, name)) > before and found[0]["status"] in ended,
        what=f"the deployment of {name} by hand",
    )


def test_s6_d11_hand_edits_are_named_repaired_and_redeployed(cloud: Cloud) -> None:
    staging_runs(cloud)
    before, promised = {name: compose(cloud, name) for name in (DATA, APP)}, verified(cloud)
    file, env = before[DATA]["composeFile"], before[APP]["env"]
    edit(cloud, DATA, composeFile=file.replace("shm_size: 128m", "shm_size: 1280m"))
    edit(cloud, APP, env=env.replace("VERSION='v1.0.0'", "VERSION='by-hand'"), autoDeploy=True)
    page = next(domain for domain in before[APP]["domains"] if domain["path"] == "/")
    by_hand(cloud, "domain.delete", {"domainId": page["domainId"]})
    deploy(cloud, APP)
    assert version(cloud, STAGING) == "by-hand"

    shown = look(cloud).refused(DRIFT).output
    for sign in (
        "shm_size",
        "+ VERSION='by-hand'",
        '"autoDeploy is True"',
        "staging-app-domain-frontend",
        "is not ours",
    ):
        assert sign in shown

    cloud.up("staging", "--refresh").ok()

    after = {name: compose(cloud, name) for name in (DATA, APP)}
    assert (after[DATA]["composeFile"], after[APP]["env"]) == (file, env)
    assert after[APP]["autoDeploy"] is False
    assert {domain["path"] for domain in after[APP]["domains"]} == {"/", "/api", "/health"}
    assert (len(after[DATA]["deployments"]), len(after[APP]["deployments"])) == (2, 3)
    assert version(cloud, STAGING) == "v1.0.0"
    assert cloud.health(STAGING, "/").headers["content-type"].startswith("text/html")
    assert verified(cloud) == promised
    look(cloud).ok()


def test_d6_d11_a_domain_deleted_by_hand_is_made_again_and_deployed_exactly_once(cloud: Cloud) -> None:
    staging_runs(cloud)
    before = {name: len(records(cloud, name)) for name in (DATA, APP)}
    page = next(domain for domain in compose(cloud, APP)["domains"] if domain["path"] == "/")
    by_hand(cloud, "domain.delete", {"domainId": page["domainId"]})

    cloud.up("staging", "--refresh").ok()

    assert {domain["path"] for domain in compose(cloud, APP)["domains"]} == {"/", "/api", "/health"}
    assert {name: len(records(cloud, name)) for name in (DATA, APP)} == {**before, APP: before[APP] + 1}
    assert cloud.health(STAGING, "/").headers["content-type"].startswith("text/html")
    cloud.up("staging", "--refresh", "--expect-no-changes").ok()


def test_s6_d11_composes_deleted_by_hand_come_back_with_their_data_and_what_was_verified(
    cloud: Cloud,
) -> None:
    staging_runs(cloud)
    before, promised = running(cloud, "finance-report-staging"), verified(cloud)
    disks = cloud.control.get("/engine").json()["volumes"]
    for name in (DATA, APP):
        id_ = compose(cloud, name)["composeId"]
        by_hand(cloud, "compose.delete", {"composeId": id_, "deleteVolumes": False})
    assert running(cloud, "finance-report-staging") == {}

    shown = look(cloud).refused(DRIFT).output
    for lost in ("staging-data-compose", "staging-app-compose", "staging-app-domain-frontend"):
        assert lost in shown

    cloud.up("staging", "--refresh").ok()

    assert running(cloud, "finance-report-staging").keys() == before.keys()
    assert cloud.control.get("/engine").json()["volumes"] == disks
    assert version(cloud, STAGING) == "v1.0.0"
    assert verified(cloud) == promised
    look(cloud).ok()


@pytest.mark.long
@pytest.mark.parametrize("lost", ["compose.update", "compose.deploy"])
def test_d11_after_a_failed_release_whose_answer_was_lost_the_last_good_one_is_deployed_once(
    cloud: Cloud, lost: str
) -> None:
    staging_runs(cloud)
    promised, image = verified(cloud), images(cloud, APP)
    cloud.release("v2.0.0", backend={"strata.sandbox.behaviour": "unhealthy"})
    app = compose(cloud, APP)["composeId"]
    cloud.fault(part="dokploy", kind="drop-after", path=lost, key=app)
    if lost == "compose.update":  # and whoever looks what came of it gets no answer either
        cloud.fault(part="dokploy", kind="reject", path="compose.one", key=app, after=2, times=0)
    cloud.up("staging", release="v2.0.0").refused()
    cloud.control.delete("/faults").raise_for_status()
    assert "v2.0.0" in compose(cloud, APP)["env"]
    before = len(records(cloud, APP))

    cloud.up("staging", "--refresh").ok()

    assert len(records(cloud, APP)) == before + 1
    assert images(cloud, APP) == image
    assert version(cloud, STAGING) == "v1.0.0"
    assert verified(cloud) == promised
    cloud.up("staging", "--expect-no-changes").ok()
