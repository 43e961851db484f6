"""Images of the Docker host."""

import json

import pytest

from tests.sandbox.dokploy.rig import Rig
from tests.sandbox.dokploy.test_access import member

pytestmark = pytest.mark.anyio

ROW = {"Repository": "app-web", "Tag": "latest", "ID": "0123456789ab"}


async def test_images_are_the_lines_that_docker_prints(rig: Rig) -> None:
    other = {**ROW, "Repository": "<none>", "Tag": "<none>"}
    rig.docker.prints = {"images": [json.dumps(ROW), json.dumps(other)]}

    assert await rig.ok("dockerImage.getImages") == [ROW, other]
    assert rig.docker.commands() == ["images --format {{json .}}"]


async def test_a_host_that_does_not_answer_has_no_images(rig: Rig) -> None:
    rig.docker.refuse = {"images": "Cannot connect to the Docker daemon"}

    assert await rig.ok("dockerImage.getImages") == []


async def test_an_image_is_inspected_by_any_reference(rig: Rig) -> None:
    shown = {"Id": "sha256:0", "Config": {"Labels": {"a": "b"}}}
    rig.docker.prints = {"image inspect 0123456789ab": [json.dumps([shown])]}

    assert await rig.ok("dockerImage.getImageConfig", imageRef="0123456789ab") == shown


async def test_an_unknown_image_is_an_error_of_the_server(rig: Rig) -> None:
    rig.docker.refuse = {"image inspect": "Error response from daemon: No such image: gone:latest"}

    message = await rig.refused("dockerImage.getImageConfig", 500, imageRef="gone")

    assert message == (
        "Command execution failed: Command failed: docker image inspect gone\n"
        "Error response from daemon: No such image: gone:latest\n"
    )


@pytest.mark.parametrize(
    ("fields", "command"),
    [
        ({}, "rmi app-web:latest"),
        ({"force": True}, "rmi -f app-web:latest"),
        ({"force": False}, "rmi app-web:latest"),
        ({"repository": "<none>", "tag": "<none>"}, "rmi 0123456789ab"),
        ({"tag": "<none>"}, "rmi 0123456789ab"),
        ({"repository": ""}, "rmi 0123456789ab"),
    ],
)
async def test_an_image_is_removed_by_its_name_or_without_one_by_its_id(
    rig: Rig, fields: dict[str, object], command: str
) -> None:
    sent = {"repository": ROW["Repository"], "tag": ROW["Tag"], "id": ROW["ID"], **fields}

    assert await rig.ok("dockerImage.removeImage", **sent) is None  # 200 without a body
    assert rig.docker.commands() == [command]


async def test_one_in_use_is_refused_in_dockers_words(rig: Rig) -> None:
    said = "Error response from daemon: conflict: unable to remove repository reference"
    rig.docker.refuse = {"rmi": said}

    message = await rig.refused("dockerImage.removeImage", 500, repository="a", tag="b", id="c")

    assert message == f"Command execution failed: Command failed: docker rmi a:b\n{said}\n"


async def test_a_member_needs_the_permission_for_docker(rig: Rig) -> None:
    await member(rig)

    for name, fields in {
        "getImages": {},
        "getImageConfig": {"imageRef": "a"},
        "removeImage": {"repository": "a", "tag": "b", "id": "c"},
    }.items():
        message = await rig.refused(f"dockerImage.{name}", 401, **fields)
        assert message == 'unauthorized to access resource "docker"'
    assert rig.docker.commands() == []
