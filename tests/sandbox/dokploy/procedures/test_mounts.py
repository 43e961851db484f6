"""Mounts."""

from typing import Any

import pytest

from tests.sandbox.dokploy.rig import Rig

pytestmark = pytest.mark.anyio


async def made(rig: Rig, compose: dict[str, Any], **fields: Any) -> dict[str, Any]:
    sent = {"type": "file", "mountPath": "/x", "filePath": "x", "content": "one", "serviceType": "compose"}
    row: dict[str, Any] = await rig.ok(
        "mounts.create", **{**sent, "serviceId": compose["composeId"], **fields}
    )
    return row


async def test_a_files_content_is_written_at_once(rig: Rig) -> None:
    compose = await rig.compose()
    row = await made(rig, compose, filePath="conf/x.txt")

    path = rig.server.state.files_folder(compose["appName"]) / "conf" / "x.txt"
    assert path.read_text() == "one"
    before = await rig.ok("mounts.update", mountId=row["mountId"], content="two")
    assert (before["content"], path.read_text()) == ("one", "two")


async def test_a_file_without_a_path_is_refused_and_the_row_stays(rig: Rig) -> None:
    compose = await rig.compose()
    key = {"serviceType": "compose", "serviceId": compose["composeId"]}

    await rig.refused("mounts.create", 400, type="file", mountPath="/x", **key)

    assert len(await rig.ok("mounts.listByServiceId", **key)) == 1


async def test_a_file_outside_the_services_folder_is_refused(rig: Rig) -> None:
    compose = await rig.compose()

    await rig.refused(
        "mounts.create",
        400,
        type="file",
        mountPath="/x",
        filePath="../../../escaped",
        serviceType="compose",
        serviceId=compose["composeId"],
    )

    assert not list(rig.world.root.rglob("escaped"))


async def test_without_a_type_of_service_the_row_has_no_owner(rig: Rig) -> None:
    compose = await rig.compose()

    row = await rig.ok("mounts.create", type="volume", mountPath="/x", serviceId=compose["composeId"])

    assert (row["serviceType"], row["composeId"], row["applicationId"]) == ("application", None, None)


async def test_a_removed_mount_is_gone(rig: Rig) -> None:
    row = await made(rig, await rig.compose())

    await rig.ok("mounts.remove", mountId=row["mountId"])
    await rig.refused("mounts.remove", 404, mountId=row["mountId"])
