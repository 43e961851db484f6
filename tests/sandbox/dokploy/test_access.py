"""Who may do what: organizations bound lists and some calls, members have permissions and lists."""

from typing import Any

import pytest

from sandbox.dokploy import seed_key
from tests.sandbox.dokploy.rig import Rig

pytestmark = pytest.mark.anyio


async def elsewhere(rig: Rig) -> None:
    """Go on with a key of another organization."""
    organization = await rig.ok("organization.create", name="Second")
    row = await rig.ok(
        "user.createApiKey",
        name="second",
        metadata={"organizationId": organization["id"]},
        rateLimitEnabled=False,
    )
    rig.key = row["key"]


async def test_a_foreign_project_is_unauthorized_with_a_code(rig: Rig) -> None:
    """S5: a 401 with a code says nothing about the key and nothing about what exists."""
    project = (await rig.project())["project"]["projectId"]
    await elsewhere(rig)

    answer = await rig.ask("project.one", projectId=project)

    assert answer.status_code == 401
    assert answer.json()["code"] == "UNAUTHORIZED"
    assert answer.json()["message"] == "You are not authorized to access this project"


async def test_lists_show_the_keys_own_organization(rig: Rig) -> None:
    await rig.project("mine")
    await elsewhere(rig)
    await rig.project("theirs")

    assert [row["name"] for row in await rig.ok("project.all")] == ["theirs"]


async def test_an_owner_elsewhere_can_update_and_deploy_but_not_read_or_delete_a_foreign_compose(
    rig: Rig,
) -> None:
    compose = await rig.compose()
    key = {"composeId": compose["composeId"]}
    await elsewhere(rig)

    await rig.ok("compose.update", **key, description="hacked")
    await rig.ok("compose.deploy", **key)
    await rig.refused("compose.one", 401, **key)
    await rig.refused("compose.delete", 401, **key)


async def member(rig: Rig, **permissions: Any) -> None:
    """Go on as a member of the owner's organization."""
    seed_key(rig.world, "member", role="member", permissions=permissions)
    rig.key = "member"


async def test_a_bare_member_sees_nothing_and_makes_nothing(rig: Rig) -> None:
    compose = await rig.compose()
    await member(rig)

    assert await rig.ok("project.all") == []
    await rig.refused("compose.one", 401, composeId=compose["composeId"])
    await rig.refused("registry.all", 401)
    message = await rig.refused("project.create", 400, name="x")
    assert message == 'Error creating the project: unauthorized to access resource "project"'


async def test_a_member_with_a_service_in_its_list_can_deploy_and_not_update_it(rig: Rig) -> None:
    compose = await rig.compose()
    await member(rig, accessedServices=[compose["composeId"]])

    await rig.ok("compose.deploy", composeId=compose["composeId"])
    message = await rig.refused("compose.update", 401, composeId=compose["composeId"], name="x")
    assert message == 'unauthorized to access resource "service"'


async def test_what_a_member_makes_is_added_to_its_lists(rig: Rig) -> None:
    await member(rig, canCreateProjects=True)

    made = await rig.project("mine")

    assert [row["name"] for row in await rig.ok("project.all")] == ["mine"]
    assert (await rig.ok("user.get"))["accessedProjects"] == [made["project"]["projectId"]]


async def test_a_removed_users_key_dies_at_once(rig: Rig) -> None:
    user = await rig.ok(
        "user.createUserWithCredentials", email="m@x.y", password="long enough", role="member"
    )
    owner = rig.key
    await member(rig)
    seeded = (await rig.ok("user.get"))["userId"]
    rig.key = owner

    await rig.ok("user.remove", userId=seeded)
    await rig.refused("user.remove", 404, userId="nope")

    assert user["role"] == "member"
    rig.key = "member"
    assert (await rig.ask("project.all")).json() == {"message": "Unauthorized"}
