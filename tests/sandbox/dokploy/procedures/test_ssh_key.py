import pytest

from tests.sandbox.dokploy.rig import Rig

pytestmark = pytest.mark.anyio


async def test_an_ssh_key_is_found_by_its_public_half(rig: Rig) -> None:
    organization = (await rig.ok("organization.all"))[0]["id"]
    fields = {"name": "k", "privateKey": "p", "publicKey": "ssh-ed25519 AAAA", "organizationId": organization}

    assert await rig.ok("sshKey.create", **fields) is None

    (row,) = await rig.ok("sshKey.all")
    assert row["publicKey"] == "ssh-ed25519 AAAA"
    await rig.ok("sshKey.remove", sshKeyId=row["sshKeyId"])
    await rig.refused("sshKey.one", 404, sshKeyId=row["sshKeyId"])
