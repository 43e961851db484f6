"""Volumes of the Docker host."""

import json

import pytest

from tests.sandbox.dokploy.rig import Rig
from tests.sandbox.dokploy.test_access import member

pytestmark = pytest.mark.anyio

ROW = {"Name": "data", "Driver": "local", "Labels": "com.docker.compose.project=app"}


async def test_volumes_are_the_lines_that_docker_prints(rig: Rig) -> None:
    rig.docker.prints = {"volume ls": [json.dumps(ROW)]}

    assert await rig.ok("dockerVolume.getVolumes") == [ROW]
    assert rig.docker.commands() == ["volume ls --format {{json .}}"]


async def test_a_host_that_does_not_answer_has_no_volumes(rig: Rig) -> None:
    rig.docker.refuse = {"volume": "Cannot connect to the Docker daemon"}

    assert await rig.ok("dockerVolume.getVolumes") == []


async def test_a_volume_is_inspected_by_its_name(rig: Rig) -> None:
    rig.docker.prints = {"volume inspect data": [json.dumps([ROW])]}

    assert await rig.ok("dockerVolume.getVolumeConfig", volumeName="data") == ROW


async def test_a_volume_is_removed_and_nothing_answered(rig: Rig) -> None:
    assert await rig.ok("dockerVolume.removeVolume", volumeName="data") is None
    assert rig.docker.commands() == ["volume rm data"]


async def test_one_in_use_is_refused_in_dockers_words(rig: Rig) -> None:
    said = "Error response from daemon: remove data: volume is in use - [abc]"
    rig.docker.refuse = {"volume rm": said}

    message = await rig.refused("dockerVolume.removeVolume", 500, volumeName="data")

    assert message == f"Command execution failed: Command failed: docker volume rm data\n{said}\n"


async def test_a_name_is_no_option_of_a_shell(rig: Rig) -> None:
    answer = await rig.ask("dockerVolume.removeVolume", volumeName="data; id")

    assert answer.status_code == 400
    assert answer.json()["issues"][0]["message"] == "Invalid volume name."
    assert rig.docker.commands() == []


async def test_there_is_no_procedure_named_all(rig: Rig) -> None:
    """As recorded on 0.30.2."""
    assert (await rig.client.get("dockerVolume.all", headers={"x-api-key": rig.key})).status_code == 404


async def test_a_member_needs_the_permission_for_docker(rig: Rig) -> None:
    await member(rig)

    for name, fields in {
        "getVolumes": {},
        "getVolumeConfig": {"volumeName": "a"},
        "removeVolume": {"volumeName": "a"},
    }.items():
        message = await rig.refused(f"dockerVolume.{name}", 401, **fields)
        assert message == 'unauthorized to access resource "docker"'
    assert rig.docker.commands() == []
