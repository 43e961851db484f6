"""D2, D3: one deployment after the other, records that appear when a job starts, jobs that vanish."""

from typing import Any

import pytest

from sandbox.dokploy import restart
from tests.sandbox.dokploy.rig import Rig

pytestmark = pytest.mark.anyio


async def deploy(rig: Rig, compose: dict[str, Any], title: str) -> None:
    await rig.ok("compose.deploy", composeId=compose["composeId"], title=title)


async def states(rig: Rig) -> list[tuple[str, str]]:
    return [(row["data"]["titleLog"], row["state"]) for row in await rig.ok("deployment.queueList")]


def freeze(rig: Rig, **scope: Any) -> None:
    rig.world.faults.add(part="dokploy", kind="freeze", **scope)


async def test_jobs_run_one_at_a_time_in_order(rig: Rig) -> None:
    first, second = await rig.compose(), await rig.compose()
    freeze(rig)

    for compose, title in ((first, "1"), (second, "2"), (first, "3")):
        await deploy(rig, compose, title)
    await rig.started()

    assert await states(rig) == [("3", "waiting"), ("2", "waiting"), ("1", "active")]
    assert [row["status"] for row in await rig.records(first)] == ["running"]
    assert await rig.records(second) == []

    rig.world.faults.clear()
    await rig.server.queue.idle()
    assert [row["title"] for row in await rig.records(first)] == ["3", "1"]
    assert {row["status"] for row in await rig.records(first)} == {"done"}


async def test_a_waiting_service_keeps_its_former_status(rig: Rig) -> None:
    """D1: a service that was already `done` proves nothing."""
    first, second = await rig.compose(), await rig.compose()
    await rig.deploy(second)
    freeze(rig)
    await deploy(rig, first, "first")
    await deploy(rig, second, "second")
    await rig.started()

    assert (await rig.ok("compose.one", composeId=second["composeId"]))["composeStatus"] == "done"
    assert (await rig.ok("compose.one", composeId=first["composeId"]))["composeStatus"] == "running"


async def test_a_job_starts_after_the_delay(rig: Rig) -> None:
    compose = await rig.compose()
    rig.world.pace.queue_delay = 3600
    await deploy(rig, compose, "later")

    assert await states(rig) == [("later", "waiting")]
    assert await rig.records(compose) == []


async def test_each_call_is_one_more_job(rig: Rig) -> None:
    compose = await rig.compose()

    for _ in range(3):
        await deploy(rig, compose, "again")
    await rig.server.queue.idle()

    assert len(await rig.records(compose)) == 3


async def test_more_concurrency_runs_more_services_and_never_one_twice(rig: Rig) -> None:
    first, second = await rig.compose(), await rig.compose()
    await rig.ok("settings.updateBuildsConcurrency", buildsConcurrency=2)
    freeze(rig, times=0)

    for compose, title in ((first, "1"), (first, "2"), (second, "3")):
        await deploy(rig, compose, title)
    await rig.started()

    assert dict(await states(rig)) == {"1": "active", "2": "waiting", "3": "active"}


async def test_cleaning_drops_waiting_jobs_of_one_service_and_never_active_ones(rig: Rig) -> None:
    first, second = await rig.compose(), await rig.compose()
    freeze(rig)
    for compose, title in ((first, "1"), (first, "2"), (second, "3")):
        await deploy(rig, compose, title)
    await rig.started()

    answer = await rig.ok("compose.cleanQueues", composeId=first["composeId"])
    assert answer == {"success": True, "message": "Queues cleaned successfully"}
    assert await states(rig) == [("3", "waiting"), ("1", "active")]

    assert await rig.ok("settings.cleanAllDeploymentQueue") is True
    assert await states(rig) == [("1", "active")]


async def test_a_lost_job_leaves_no_record(rig: Rig) -> None:
    compose = await rig.compose()
    rig.world.faults.add(part="dokploy", path="compose.deploy", kind="lose-job")

    await deploy(rig, compose, "lost")
    await rig.server.queue.idle()
    assert await rig.records(compose) == []
    assert rig.docker.ran == []

    assert (await rig.deploy(compose))["status"] == "done"


async def test_a_fault_of_the_queue_can_be_scoped_to_a_service(rig: Rig) -> None:
    one, other = await rig.compose(appName="report-pr-7"), await rig.compose(appName="report-staging")
    rig.world.faults.add(part="dokploy", kind="lose-job", key="pr-7", times=0)

    await rig.ok("compose.deploy", composeId=one["composeId"])
    await rig.ok("compose.deploy", composeId=other["composeId"])
    await rig.server.queue.idle()

    assert [len(await rig.records(compose)) for compose in (one, other)] == [0, 1]


async def test_a_restart_cancels_what_runs_and_forgets_what_waits(rig: Rig) -> None:
    first, second = await rig.compose(), await rig.compose()
    freeze(rig)
    await deploy(rig, first, "active")
    await deploy(rig, second, "waiting")
    await rig.started()

    restart(rig.app)

    (row,) = await rig.records(first)
    assert (row["status"], row["finishedAt"]) == ("cancelled", None)
    assert (await rig.ok("compose.one", composeId=first["composeId"]))["composeStatus"] == "idle"
    assert await rig.records(second) == []
    assert await states(rig) == []


async def test_another_process_on_the_same_store_finds_the_same_and_numbers_jobs_anew(rig: Rig) -> None:
    compose = await rig.compose()
    freeze(rig)
    await deploy(rig, compose, "active")
    await rig.started()

    rig.restart()

    assert [row["status"] for row in await rig.records(compose)] == ["cancelled"]
    freeze(rig)
    await deploy(rig, compose, "next")
    assert (await rig.ok("deployment.queueList"))[0]["id"] == "job-1"


async def test_an_error_of_one_job_does_not_stop_the_queue(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    broken, sound = await rig.compose(), await rig.compose()
    run = rig.docker.run

    async def fail_once(*words: Any, **fields: Any) -> int:
        rig.docker.run = run  # type: ignore[method-assign]
        raise RuntimeError("a bug")

    rig.docker.run = fail_once  # type: ignore[method-assign]
    await deploy(rig, broken, "1")
    await deploy(rig, sound, "2")
    await rig.server.queue.idle()

    assert [row["status"] for row in await rig.records(sound)] == ["done"]
    assert "ended in an error of the emulator" in caplog.text
