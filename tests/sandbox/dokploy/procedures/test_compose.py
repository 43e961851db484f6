"""Compose services' rows."""

import re
from typing import Any

import pytest

from tests.sandbox.dokploy.rig import Rig

pytestmark = pytest.mark.anyio


async def created(rig: Rig, **fields: Any) -> dict[str, Any]:
    environment = (await rig.project())["environment"]["environmentId"]
    row: dict[str, Any] = await rig.ok("compose.create", name="Web", environmentId=environment, **fields)
    return row


async def test_create_drops_settings_that_need_an_update(rig: Rig) -> None:
    """D6: create, then settings, then read back."""
    row = await created(rig, env="A=1", command="up", composePath="x.yml", autoDeploy=False)

    assert (row["env"], row["command"], row["composePath"]) == (None, "", "./docker-compose.yml")
    assert (row["sourceType"], row["autoDeploy"], row["createEnvFile"]) == ("github", True, True)


async def test_the_app_name_is_lowered_and_gets_six_random_characters(rig: Rig) -> None:
    row = await created(rig, appName="UPPER.Name_x")

    assert re.fullmatch(r"upper\.name_x-[a-z0-9]{6}", row["appName"])


async def test_without_an_app_name_words_are_made_up(rig: Rig) -> None:
    assert re.fullmatch(r"compose-[a-z-]+-[a-z0-9]{6}", (await created(rig))["appName"])


@pytest.mark.parametrize("name", ["Bad Name!", "a" * 64, ""])
async def test_an_app_name_that_docker_would_not_take_is_refused(rig: Rig, name: str) -> None:
    environment = (await rig.project())["environment"]["environmentId"]

    await rig.refused("compose.create", 400, name="w", environmentId=environment, appName=name)


async def test_an_unknown_environment_or_server_is_refused(rig: Rig) -> None:
    environment = (await rig.project())["environment"]["environmentId"]

    await rig.refused("compose.create", 404, name="w", environmentId="nope")
    await rig.refused("compose.create", 401, name="w", environmentId=environment, serverId="nope")
    await rig.refused("compose.create", 500, name="w", environmentId=environment, serverId="")


async def test_an_update_of_an_unknown_id_is_a_200_with_an_empty_body(rig: Rig) -> None:
    """S5: an empty answer to an update is a not-found."""
    answer = await rig.ask("compose.update", composeId="nope", name="x")

    assert (answer.status_code, answer.content) == (200, b"")


async def test_an_update_is_a_patch_that_ignores_what_cannot_change(rig: Rig) -> None:
    row = await created(rig, appName="app")

    changed = await rig.ok(
        "compose.update", composeId=row["composeId"], env="A=1", appName="other", serverId="x", nonsense=1
    )

    assert changed == {**row, "env": "A=1"}


async def test_texts_come_back_byte_for_byte(rig: Rig) -> None:
    row = await created(rig)
    text = 'a: 1\r\nb: "é☃ 😀"\r\n\n\n'

    await rig.ok("compose.update", composeId=row["composeId"], composeFile=text, env="A=1\r\nB= x \n\n#c\n")

    one = await rig.ok("compose.one", composeId=row["composeId"])
    assert (one["composeFile"], one["env"]) == (text, "A=1\r\nB= x \n\n#c\n")


@pytest.mark.parametrize(
    "changes", [{"githubId": "nope"}, {"environmentId": "nope"}, {"description": "x\0y"}]
)
async def test_what_the_database_refuses_is_a_500_with_the_values_in_it(
    rig: Rig, changes: dict[str, str]
) -> None:
    """V6: clients have to cut this."""
    row = await created(rig)

    message = await rig.refused("compose.update", 500, composeId=row["composeId"], **changes)

    assert message.startswith('Failed query: update "compose" set')
    assert next(iter(changes.values())) in message.partition("params:")[2]


async def test_null_is_no_compose_file(rig: Rig) -> None:
    row = await created(rig)

    await rig.refused("compose.update", 400, composeId=row["composeId"], composeFile=None)


async def test_save_environment_wants_the_text_and_a_known_id(rig: Rig) -> None:
    row = await created(rig)

    assert await rig.ok("compose.saveEnvironment", composeId=row["composeId"], env="A=1") is True
    assert (await rig.ok("compose.one", composeId=row["composeId"]))["env"] == "A=1"
    await rig.refused("compose.saveEnvironment", 400, composeId=row["composeId"])
    await rig.refused("compose.saveEnvironment", 400, composeId="nope", env="A=1")


async def test_a_service_moves_to_another_environment(rig: Rig) -> None:
    row = await created(rig)
    other = (await rig.project())["environment"]["environmentId"]

    moved = await rig.ok("compose.move", composeId=row["composeId"], targetEnvironmentId=other)

    assert moved["environmentId"] == other
    assert (await rig.ok("compose.one", composeId=row["composeId"]))["environment"]["environmentId"] == other


async def test_a_new_refresh_token_replaces_the_old_one(rig: Rig) -> None:
    row = await created(rig)

    await rig.ok("compose.refreshToken", composeId=row["composeId"])

    one = await rig.ok("compose.one", composeId=row["composeId"])
    assert one["refreshToken"] != row["refreshToken"]


async def test_search_finds_what_the_caller_made(rig: Rig) -> None:
    row = await created(rig, appName="needle")

    found = await rig.ok("compose.search", appName=row["appName"])

    assert [item["composeId"] for item in found["items"]] == [row["composeId"]]
    assert (await rig.ok("compose.search", environmentId="nope"))["total"] == 0
