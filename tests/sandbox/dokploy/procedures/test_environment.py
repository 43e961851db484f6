"""Environments."""

import pytest

from tests.sandbox.dokploy.rig import Rig

pytestmark = pytest.mark.anyio


async def made(rig: Rig, name: str = "staging") -> str:
    project = (await rig.project())["project"]["projectId"]
    return str((await rig.ok("environment.create", name=name, projectId=project))["environmentId"])


async def test_production_is_reserved(rig: Rig) -> None:
    project = (await rig.project())["project"]["projectId"]

    message = await rig.refused("environment.create", 400, name="production", projectId=project)

    assert message == "You cannot create a environment with the name 'production'"


async def test_an_env_text_is_dropped_on_create(rig: Rig) -> None:
    project = (await rig.project())["project"]["projectId"]

    row = await rig.ok("environment.create", name="staging", projectId=project, env="A=1")

    assert row["env"] == ""


async def test_an_unknown_project_is_a_raw_database_error(rig: Rig) -> None:
    message = await rig.refused("environment.create", 400, name="staging", projectId="nope")

    assert message.startswith('Error creating the environment: Failed query: insert into "environment"')
    assert message.endswith(",nope")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": "x"}, "You cannot rename the default environment"),
        ({}, "No values to set"),
        ({"environmentId": "nope", "name": "x"}, "Environment not found"),
    ],
)
async def test_updates_that_are_refused(rig: Rig, changes: dict[str, str], message: str) -> None:
    default = (await rig.project())["environment"]["environmentId"]

    said = await rig.refused("environment.update", 400, **{"environmentId": default, **changes})

    assert said == f"Error updating the environment: {message}"


async def test_the_default_environment_takes_another_env_text(rig: Rig) -> None:
    default = (await rig.project())["environment"]["environmentId"]

    assert (await rig.ok("environment.update", environmentId=default, env="A=1"))["env"] == "A=1"


async def test_one_with_services_and_the_default_one_cannot_be_removed(rig: Rig) -> None:
    default = (await rig.project())["environment"]["environmentId"]
    key = await made(rig)
    await rig.compose(environment=key)

    assert "default environment" in await rig.refused("environment.remove", 400, environmentId=default)
    assert "active services" in await rig.refused("environment.remove", 400, environmentId=key)


async def test_an_empty_one_is_removed_once(rig: Rig) -> None:
    key = await made(rig)

    assert (await rig.ok("environment.remove", environmentId=key))["name"] == "staging"
    await rig.refused("environment.remove", 404, environmentId=key)


async def test_by_project_shows_app_names_and_no_env_and_one_the_reverse(rig: Rig) -> None:
    key = await made(rig)
    await rig.compose(environment=key)
    project = (await rig.ok("environment.one", environmentId=key))["projectId"]

    listed = (await rig.ok("environment.byProjectId", projectId=project))[1]
    one = await rig.ok("environment.one", environmentId=key)

    assert ("env" in listed, "appName" in listed["compose"][0]) == (False, True)
    assert ("env" in one, "appName" in one["compose"][0]) == (True, False)


async def test_an_unknown_project_has_no_environments(rig: Rig) -> None:
    assert await rig.ok("environment.byProjectId", projectId="nope") == []


async def test_a_duplicate_has_the_env_text_and_not_the_services(rig: Rig) -> None:
    key = await made(rig)
    await rig.compose(environment=key)
    await rig.ok("environment.update", environmentId=key, env="A=1")

    copy = await rig.ok("environment.duplicate", environmentId=key, name="copy")

    shown = await rig.ok("environment.one", environmentId=copy["environmentId"])
    assert (shown["env"], shown["compose"]) == ("A=1", [])
