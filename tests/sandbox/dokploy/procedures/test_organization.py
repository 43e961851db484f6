import pytest

from tests.sandbox.dokploy.rig import Rig

pytestmark = pytest.mark.anyio


async def test_an_organization_is_made_renamed_and_deleted(rig: Rig) -> None:
    row = await rig.ok("organization.create", name="Second")
    key = {"organizationId": row["id"]}

    assert (await rig.ok("organization.update", **key, name="Other"))["name"] == "Other"
    assert [o["name"] for o in await rig.ok("organization.all")] == ["Other", "My Organization"]
    assert await rig.ok("organization.delete", **key) == []
    await rig.refused("organization.delete", 404, **key)
