"""Networks."""

import pytest

from tests.sandbox.dokploy.rig import Rig

pytestmark = pytest.mark.anyio


async def test_a_network_is_really_created(rig: Rig) -> None:
    row = await rig.ok("network.create", name="finance-report-staging", driver="overlay", attachable=True)

    assert rig.docker.commands() == ["network create --driver overlay --attachable finance-report-staging"]
    assert await rig.ok("network.all") == [row]
    assert await rig.ok("network.one", networkId=row["networkId"]) == row


async def test_one_that_exists_on_the_host_is_refused(rig: Rig) -> None:
    name = "shared"
    rig.docker.refuse = {
        "network create": f"Error response from daemon: network with name {name} already exists"
    }

    message = await rig.refused("network.create", 400, name=name)

    assert message == "(HTTP code 409) unexpected - network with name shared already exists "
    assert await rig.ok("network.all") == []


async def test_one_in_use_stays(rig: Rig) -> None:
    row = await rig.ok("network.create", name="shared")
    rig.docker.refuse = {"network rm": "Error response from daemon: network shared has active endpoints"}

    message = await rig.refused("network.remove", 400, networkId=row["networkId"])

    assert message == "(HTTP code 403) unexpected - network shared has active endpoints "
    assert len(await rig.ok("network.all")) == 1


async def test_one_that_is_gone_from_the_host_is_removed(rig: Rig) -> None:
    row = await rig.ok("network.create", name="shared")
    rig.docker.refuse = {"network rm": "Error response from daemon: network shared not found"}

    assert await rig.ok("network.remove", networkId=row["networkId"]) == row
    await rig.refused("network.one", 404, networkId=row["networkId"])
