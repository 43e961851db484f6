"""Projects."""

import pytest

from tests.sandbox.dokploy.rig import Rig

pytestmark = pytest.mark.anyio


async def test_a_project_is_born_with_the_environment_production(rig: Rig) -> None:
    made = await rig.project(description="d")

    assert made["environment"]["name"] == "production"
    assert made["environment"]["isDefault"] is True
    assert made["project"] == {
        "projectId": made["project"]["projectId"],
        "name": "finance_report",
        "description": "d",
        "createdAt": "2026-11-23T12:00:00.000Z",
        "organizationId": made["project"]["organizationId"],
        "env": "",
    }


async def test_duplicate_names_are_accepted(rig: Rig) -> None:
    """S14: what finds or creates a project has to look at ids."""
    first, second = await rig.project("same"), await rig.project("same")

    assert first["project"]["projectId"] != second["project"]["projectId"]
    assert [row["name"] for row in await rig.ok("project.all")] == ["same", "same"]


async def test_an_update_is_a_patch_and_null_clears(rig: Rig) -> None:
    key = (await rig.project(description="d", env="A=1"))["project"]["projectId"]

    await rig.ok("project.update", projectId=key, description=None)
    assert (await rig.ok("project.update", projectId=key, name="new"))["description"] is None
    assert (await rig.ok("project.one", projectId=key))["env"] == "A=1"
    await rig.refused("project.update", 404, projectId="nope", name="x")


async def test_one_shows_services_with_their_app_names_and_all_without(rig: Rig) -> None:
    compose = await rig.compose()
    (project,) = await rig.ok("project.all")

    one = await rig.ok("project.one", projectId=project["projectId"])

    assert one["environments"][0]["compose"][0]["appName"] == compose["appName"]
    shown = {"composeId": compose["composeId"], "name": "app", "composeStatus": "idle"}
    assert project["environments"][0]["compose"] == [shown]


async def test_removing_a_project_orphans_what_runs(rig: Rig) -> None:
    """S9: nothing is stopped, nothing is removed from the host."""
    compose = await rig.compose()
    await rig.deploy(compose)
    (project,) = await rig.ok("project.all")

    await rig.ok("project.remove", projectId=project["projectId"])

    assert len(rig.docker.ran) == 1
    await rig.refused("compose.one", 404, composeId=compose["composeId"])
    await rig.refused("project.remove", 404, projectId=project["projectId"])


async def test_search_is_a_case_blind_substring_with_wildcards(rig: Rig) -> None:
    for name in ("acme", "ACME two", "other"):
        await rig.project(name)

    assert (await rig.ok("project.search", q="acm"))["total"] == 2
    assert (await rig.ok("project.search", q="%"))["total"] == 3
    assert [row["name"] for row in (await rig.ok("project.search", limit=1))["items"]] == ["other"]
