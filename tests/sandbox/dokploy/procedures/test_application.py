"""Applications: one image as one swarm service."""

from typing import Any

import pytest

from tests.sandbox.dokploy.rig import Rig

pytestmark = pytest.mark.anyio


async def made(rig: Rig, **settings: Any) -> dict[str, Any]:
    environment = (await rig.project())["environment"]["environmentId"]
    row: dict[str, Any] = await rig.ok(
        "application.create", name="web", environmentId=environment, appName="web"
    )
    settings = {"sourceType": "docker", "dockerImage": "ghcr.io/x/web:1", **settings}
    assert await rig.ok("application.update", applicationId=row["applicationId"], **settings) is True
    return row


async def deploy(rig: Rig, row: dict[str, Any]) -> dict[str, Any]:
    answer = await rig.ask("application.deploy", applicationId=row["applicationId"])
    assert (answer.status_code, answer.content) == (200, b"")
    await rig.server.queue.idle()
    rows = await rig.ok("deployment.all", applicationId=row["applicationId"])
    record: dict[str, Any] = rows[0]
    return record


async def test_the_first_deployment_creates_the_service_and_the_next_ones_update_it(rig: Rig) -> None:
    row = await made(rig, env="A=1\nB='2 3'", replicas=2)
    app, key = row["appName"], row["applicationId"]

    assert (await deploy(rig, row))["status"] == "done"
    await rig.ok("application.update", applicationId=key, env="B=4", dockerImage="ghcr.io/x/web:2")
    await deploy(rig, row)

    order = "--replicas 2 --update-order start-first --update-failure-action rollback"
    created = f"--name {app} --network dokploy-network {order} --env A=1 --env B=2 3"
    updated = f"--force --image ghcr.io/x/web:2 {order} --env-add B=4 --env-rm A"
    assert rig.docker.commands() == [
        "image pull ghcr.io/x/web:1",
        f"service create {created} --with-registry-auth ghcr.io/x/web:1",
        "image pull ghcr.io/x/web:2",
        f"service update {updated} --with-registry-auth {app}",
    ]


async def test_an_image_that_cannot_be_pulled_is_an_error(rig: Rig) -> None:
    row = await made(rig)
    rig.docker.refuse = {"image pull": "pull access denied"}

    record = await deploy(rig, row)

    log = await rig.log(record)
    assert record["status"] == "error"
    assert log.splitlines()[1:4] == [
        "Pulling ghcr.io/x/web:1",
        "pull access denied",
        "❌ Pulling image failed",
    ]


async def test_domains_of_an_application_apply_at_once(rig: Rig) -> None:
    row = await made(rig)
    await deploy(rig, row)

    domain = await rig.ok("domain.create", host="a.test", applicationId=row["applicationId"], port=80)
    added = rig.docker.commands()[-1]
    await rig.ok("domain.delete", domainId=domain["domainId"])
    removed = rig.docker.commands()[-1]

    name = f"{row['appName']}-{domain['uniqueConfigKey']}-web"
    assert f"--label-add traefik.http.routers.{name}.rule=Host(`a.test`)" in added
    assert f"--label-rm traefik.http.routers.{name}.rule" in removed


async def test_stop_and_start_scale_and_answer_with_the_row_before(rig: Rig) -> None:
    row = await made(rig)
    await deploy(rig, row)

    stopped = await rig.ok("application.stop", applicationId=row["applicationId"])
    started = await rig.ok("application.start", applicationId=row["applicationId"])

    assert (stopped["applicationStatus"], started["applicationStatus"]) == ("done", "idle")
    assert rig.docker.commands()[-2:] == [
        f"service scale {row['appName']}=0",
        f"service scale {row['appName']}=1",
    ]


async def test_delete_removes_the_service_once(rig: Rig) -> None:
    row = await made(rig)

    await rig.ok("application.delete", applicationId=row["applicationId"])

    assert rig.docker.commands() == [f"service rm {row['appName']}"]
    await rig.refused("application.delete", 404, applicationId=row["applicationId"])


@pytest.mark.parametrize("changes", [{}, {"appName": "other"}])
async def test_an_update_of_nothing_is_a_500(rig: Rig, changes: dict[str, str]) -> None:
    row = await made(rig)

    message = await rig.refused("application.update", 500, applicationId=row["applicationId"], **changes)

    assert message == "No values to set"


async def test_an_update_of_an_unknown_id_is_a_400(rig: Rig) -> None:
    await rig.refused("application.update", 400, applicationId="nope", name="x")


@pytest.mark.parametrize(
    "swarm",
    [
        {"updateConfigSwarm": {"Parallelism": 1}},
        {"updateConfigSwarm": {"Parallelism": 1, "Order": "start-first", "Foo": 1}},
        {"updateConfigSwarm": '{"Parallelism": 1}'},
        {"healthCheckSwarm": {"Test": "curl x"}},
        {"healthCheckSwarm": {"Interval": "1s"}},
        {"stopGracePeriodSwarm": "5s"},
    ],
)
async def test_swarm_settings_have_dockers_names_and_numbers(rig: Rig, swarm: dict[str, Any]) -> None:
    row = await made(rig)

    await rig.refused("application.update", 400, applicationId=row["applicationId"], **swarm)


async def test_an_unknown_update_order_is_found_by_the_deployment(rig: Rig) -> None:
    row = await made(rig, updateConfigSwarm={"Parallelism": 1, "Order": "sideways"})

    record = await deploy(rig, row)

    assert "unrecognized update order sideways" in await rig.log(record)


async def test_a_vault_reference_that_fails_stops_before_the_pull(rig: Rig) -> None:
    row = await made(rig, env="A=${{vault.nope.x:y}}")

    record = await deploy(rig, row)

    assert (record["status"], rig.docker.ran) == ("error", [])


async def test_save_docker_provider_wants_all_its_fields_and_resets_the_status(rig: Rig) -> None:
    row = await made(rig)
    await deploy(rig, row)
    key = row["applicationId"]

    await rig.refused("application.saveDockerProvider", 400, applicationId=key, dockerImage="x")
    fields = {"username": None, "password": None, "registryUrl": None}
    await rig.ok("application.saveDockerProvider", applicationId=key, dockerImage="x", **fields)

    one = await rig.ok("application.one", applicationId=key)
    assert (one["dockerImage"], one["sourceType"], one["applicationStatus"]) == ("x", "docker", "idle")
