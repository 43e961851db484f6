"""Records and their logs."""

import pytest

from tests.sandbox.conftest import Clock
from tests.sandbox.dokploy.rig import Rig

pytestmark = pytest.mark.anyio


async def test_a_service_keeps_eleven_records_at_most(rig: Rig, clock: Clock) -> None:
    """D2: a record may vanish."""
    compose = await rig.compose()
    first = await rig.deploy(compose)

    for _ in range(12):
        clock.turn(2)
        await rig.deploy(compose)

    rows = await rig.records(compose)
    assert len(rows) == 11
    assert first["deploymentId"] not in {row["deploymentId"] for row in rows}
    await rig.refused("deployment.readLogs", 404, deploymentId=first["deploymentId"])


async def test_records_are_listed_newest_first(rig: Rig) -> None:
    compose = await rig.compose()
    for title in ("one", "two"):
        await rig.ok("compose.deploy", composeId=compose["composeId"], title=title)
        await rig.server.queue.idle()

    by_type = await rig.ok("deployment.allByType", id=compose["composeId"], type="compose")

    assert [row["title"] for row in await rig.records(compose)] == ["two", "one"]
    assert [(row["title"], row["rollback"]) for row in by_type] == [("two", None), ("one", None)]


async def test_default_titles_tell_deploy_from_redeploy(rig: Rig) -> None:
    compose = await rig.compose()

    assert (await rig.deploy(compose))["title"] == "Manual deployment"
    assert (await rig.deploy(compose, again=True))["title"] == "Rebuild deployment"


async def test_a_log_is_read_from_its_end(rig: Rig) -> None:
    record = await rig.deploy(await rig.compose())

    log = await rig.ok("deployment.readLogs", deploymentId=record["deploymentId"], tail=1)

    assert log == "Docker Compose Deployed: ✅\n"


async def test_an_unknown_services_records_are_an_empty_list(rig: Rig) -> None:
    assert await rig.ok("deployment.allByCompose", composeId="nope") == []


async def test_a_record_can_be_removed_and_a_running_one_not_killed(rig: Rig) -> None:
    record = await rig.deploy(await rig.compose())
    key = {"deploymentId": record["deploymentId"]}

    assert await rig.refused("deployment.killProcess", 400, **key) == "Deployment is not running"
    assert (await rig.ok("deployment.removeDeployment", **key))["title"] == "Manual deployment"
    await rig.refused("deployment.removeDeployment", 404, **key)


async def test_clearing_deletes_the_files_and_not_the_records(rig: Rig) -> None:
    compose = await rig.compose()
    record = await rig.deploy(compose)

    await rig.ok("compose.clearDeployments", composeId=compose["composeId"])

    assert len(await rig.records(compose)) == 1
    assert await rig.log(record) == ""
