"""Compose services: start, stop, delete and the looks ahead."""

import pytest

from tests.sandbox.dokploy.rig import Rig

pytestmark = pytest.mark.anyio


async def status(rig: Rig, key: str) -> str:
    return str((await rig.ok("compose.one", composeId=key))["composeStatus"])


async def test_stop_and_start_run_in_the_code_folder(rig: Rig) -> None:
    compose = await rig.compose()
    key, app = compose["composeId"], compose["appName"]
    await rig.deploy(compose)

    assert await rig.ok("compose.stop", composeId=key) is True
    assert await status(rig, key) == "idle"
    assert await rig.ok("compose.start", composeId=key) is True
    assert await status(rig, key) == "done"
    prefix = f"compose -p {app} -f docker-compose.yml"
    assert rig.docker.commands()[1:] == [f"{prefix} stop", f"{prefix} up -d"]


async def test_what_was_never_deployed_cannot_be_stopped(rig: Rig) -> None:
    compose = await rig.compose()

    message = await rig.refused("compose.stop", 500, composeId=compose["composeId"])

    assert message == "spawn /bin/sh ENOENT"
    assert await status(rig, compose["composeId"]) == "error"


async def test_a_failing_start_answers_with_dockers_output(rig: Rig) -> None:
    compose = await rig.compose()
    await rig.deploy(compose)
    rig.docker.refuse = {"up -d": "network x not found"}

    message = await rig.refused("compose.start", 500, composeId=compose["composeId"])

    assert message.startswith('Command execution failed: Command failed: env -i PATH="$PATH" docker compose')
    assert message.endswith("\nnetwork x not found\n")


async def test_start_of_a_stack_does_nothing_and_says_done(rig: Rig) -> None:
    compose = await rig.compose(composeType="stack")
    await rig.deploy(compose)
    await rig.ok("compose.stop", composeId=compose["composeId"])

    await rig.ok("compose.start", composeId=compose["composeId"])

    assert rig.docker.commands()[1:] == [f"stack rm {compose['appName']}"]
    assert await status(rig, compose["composeId"]) == "done"


@pytest.mark.parametrize(("volumes", "extra"), [(True, "--volumes "), (False, ""), ("false", "--volumes ")])
async def test_delete_takes_containers_files_and_logs(rig: Rig, volumes: object, extra: str) -> None:
    """The text `false` is true: booleans are coerced."""
    compose = await rig.compose()
    await rig.deploy(compose)

    row = await rig.ok("compose.delete", composeId=compose["composeId"], deleteVolumes=volumes)

    assert row["composeId"] == compose["composeId"]
    assert len(row["deployments"]) == 1
    assert rig.docker.commands()[-1] == f"compose -p {compose['appName']} down {extra}--remove-orphans"
    assert not rig.code(compose).parent.exists()
    assert not rig.server.state.log_folder(compose["appName"]).exists()


async def test_delete_answers_200_whatever_docker_says(rig: Rig) -> None:
    """S9: the answer proves nothing."""
    compose = await rig.compose()
    await rig.deploy(compose)
    rig.docker.refuse = {"down": "permission denied"}

    await rig.ok("compose.delete", composeId=compose["composeId"], deleteVolumes=False)
    await rig.refused("compose.delete", 404, composeId=compose["composeId"], deleteVolumes=False)


async def test_delete_of_a_stack_ignores_volumes(rig: Rig) -> None:
    compose = await rig.compose(composeType="stack")

    await rig.ok("compose.delete", composeId=compose["composeId"], deleteVolumes=True)

    assert rig.docker.commands() == [f"stack rm {compose['appName']}"]


async def test_delete_drops_waiting_jobs_and_everything_below(rig: Rig) -> None:
    compose, other = await rig.compose(), await rig.compose()
    rig.world.faults.add(part="dokploy", kind="freeze")
    for row in (other, compose):
        await rig.ok("compose.deploy", composeId=row["composeId"])
    await rig.started()
    domain = await rig.ok("domain.create", host="a.test", composeId=compose["composeId"])

    await rig.ok("compose.delete", composeId=compose["composeId"], deleteVolumes=False)

    assert [job["data"]["composeId"] for job in await rig.ok("deployment.queueList")] == [other["composeId"]]
    await rig.refused("domain.one", 404, domainId=domain["domainId"])


async def test_the_default_command_is_the_one_that_will_run(rig: Rig) -> None:
    compose = await rig.compose()
    app = compose["appName"]

    key = {"composeId": compose["composeId"]}
    expected = f"docker compose -p {app} -f docker-compose.yml up -d --build --remove-orphans"
    assert await rig.ok("compose.getDefaultCommand", **key) == expected
    await rig.ok("compose.update", **key, command="compose -p x up -d")
    assert await rig.ok("compose.getDefaultCommand", **key) == "docker compose -p x up -d"


async def test_services_are_known_after_a_fetch(rig: Rig) -> None:
    key = {"composeId": (await rig.compose())["composeId"]}

    await rig.refused("compose.loadServices", 404, **key, type="cache")
    assert await rig.ok("compose.loadServices", **key, type="fetch") == ["web"]
    assert await rig.ok("compose.loadServices", **key, type="cache") == ["web"]


async def test_bad_yaml_cannot_be_converted(rig: Rig) -> None:
    compose = await rig.compose(composeFile="not: [valid")

    await rig.refused("compose.getConvertedCompose", 500, composeId=compose["composeId"])
    await rig.refused("compose.loadServices", 500, composeId=compose["composeId"], type="fetch")


async def test_cancelling_is_for_the_cloud_version(rig: Rig) -> None:
    compose = await rig.compose()

    await rig.refused("compose.cancelDeployment", 400, composeId=compose["composeId"])


@pytest.mark.parametrize("verb", ["deploy", "redeploy", "stop", "start", "getDefaultCommand"])
async def test_an_unknown_service_is_not_found(rig: Rig, verb: str) -> None:
    assert await rig.refused(f"compose.{verb}", 404, composeId="nope") == "Compose not found"
