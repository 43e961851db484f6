"""Domains' rows."""

from typing import Any

import pytest

from tests.sandbox.dokploy.rig import Rig

pytestmark = pytest.mark.anyio


async def test_the_type_defaults_to_application_and_the_port_to_3000(rig: Rig) -> None:
    compose = await rig.compose()

    row = await rig.ok("domain.create", host="a.test", composeId=compose["composeId"], enabled=False)

    assert (row["domainType"], row["port"], row["path"], row["enabled"]) == ("application", 3000, "/", True)
    assert (row["https"], row["certificateType"], row["serviceName"]) == (False, "none", None)


async def test_duplicates_and_orphans_are_accepted(rig: Rig) -> None:
    compose = await rig.compose()

    for _ in range(2):
        await rig.ok("domain.create", host="a.test", composeId=compose["composeId"])
    await rig.ok("domain.create", host="a.test")

    assert len(await rig.ok("domain.byComposeId", composeId=compose["composeId"])) == 2


async def test_each_attempt_takes_a_number(rig: Rig) -> None:
    first = await rig.ok("domain.create", host="a.test")
    message = await rig.refused("domain.create", 400, host="a.test", composeId="nope")
    second = await rig.ok("domain.create", host="a.test")

    assert message.startswith('Failed query: insert into "domain"')
    assert second["uniqueConfigKey"] == first["uniqueConfigKey"] + 2


@pytest.mark.parametrize("host", [" a.test", "https://a.test", "a_b.test", "*.a.test", "a.test:80", ""])
async def test_a_host_is_a_plain_name(rig: Rig, host: str) -> None:
    await rig.refused("domain.create", 400, host=host)


@pytest.mark.parametrize("fields", [{"port": 70000}, {"port": 0}, {"certificateType": "x"}, {"path": ""}])
async def test_settings_out_of_range_are_refused(rig: Rig, fields: dict[str, Any]) -> None:
    await rig.refused("domain.create", 400, host="a.test", **fields)


async def test_an_update_wants_the_host_again(rig: Rig) -> None:
    row = await rig.ok("domain.create", host="a.test", middlewares=["x@file"])

    await rig.refused("domain.update", 400, domainId=row["domainId"], port=80)
    changed = await rig.ok("domain.update", domainId=row["domainId"], host="a.test", path=None)
    assert changed == {**row, "path": None}
    await rig.refused("domain.update", 404, domainId="nope", host="a.test")


async def test_a_deleted_domain_is_gone(rig: Rig) -> None:
    row = await rig.ok("domain.create", host="a.test")

    assert (await rig.ok("domain.delete", domainId=row["domainId"])) == row
    await rig.refused("domain.delete", 404, domainId=row["domainId"])


async def test_lists_name_the_service_and_unknown_ones_are_empty(rig: Rig) -> None:
    compose = await rig.compose()
    await rig.ok("domain.create", host="a.test", composeId=compose["composeId"])

    (row,) = await rig.ok("domain.byComposeId", composeId=compose["composeId"])

    shown = {"composeId": compose["composeId"], "appName": compose["appName"], "name": "app"}
    assert row["compose"] == shown
    assert await rig.ok("domain.byComposeId", composeId="nope") == []
    assert await rig.ok("domain.byApplicationId", applicationId="nope") == []
