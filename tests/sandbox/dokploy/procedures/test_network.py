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


async def test_what_only_the_host_has_can_be_imported_and_what_only_the_server_has_is_missing(
    rig: Rig,
) -> None:
    known, gone = [await rig.ok("network.create", name=name) for name in ("known", "gone")]
    bridge = {"Driver": "bridge", "Internal": False, "Attachable": True}
    subnet = {"IPAM": {"Config": [{"Subnet": "192.168.64.0/20"}]}}
    rig.docker.rows["networks"] = [
        {**bridge, "Name": known["name"]},
        {**bridge, "Name": "app_default", **subnet},
        {**bridge, "Name": "app_other"},
        {**bridge, "Name": "dokploy-network"},
        {**bridge, "Name": "host", "Driver": "host"},
        {**bridge, "Name": "odd", "Driver": "macvlan"},
    ]
    shown = {"driver": "bridge", "internal": False, "attachable": True}

    assert await rig.ok("network.networksToSync") == {
        "importable": [
            {"name": "app_default", **shown, "subnets": ["192.168.64.0/20"]},
            {"name": "app_other", **shown, "subnets": []},
        ],
        "missing": [{"networkId": gone["networkId"], "name": "gone"}],
    }
