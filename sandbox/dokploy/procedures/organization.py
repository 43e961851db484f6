"""Organizations: a boundary for lists, and for owners and admins only for some of the other calls."""

from typing import Any

from sandbox.dokploy import keys
from sandbox.dokploy.call import Call, Data, mutation, query
from sandbox.dokploy.errors import Forbidden, NotFound
from sandbox.dokploy.names import nano_id
from sandbox.dokploy.procedures.fields import NAME, OPTIONAL, TEXT


async def _all(call: Call, _data: Data) -> Any:
    """All organizations of the user, whatever the key says, each with this user's membership."""
    memberships = call.state.member.where(userId=call.member["userId"])
    return [
        {**(call.state.organization.get(member["organizationId"]) or {}), "members": [member]}
        for member in reversed(memberships)
    ]


async def _create(call: Call, data: Data) -> Any:
    if call.restricted:
        raise Forbidden("Only the organization owner can create an organization")
    return keys.add_organization(call.state, data["name"], owner_id=call.member["userId"], slug=nano_id())


async def _delete(call: Call, data: Data) -> Any:
    organization = call.state.organization.get(data["organizationId"])
    if organization is None:
        raise NotFound("Organization not found")
    if organization["ownerId"] != call.member["userId"]:
        raise Forbidden("You are not the owner of this organization")
    for row in call.state.member.where(organizationId=organization["id"]):
        call.state.member.delete(row["id"])
    call.state.organization.delete(organization["id"])
    return []


async def _update(call: Call, data: Data) -> Any:
    mine = call.state.member.where(userId=call.member["userId"], organizationId=data["organizationId"])
    if not mine:
        raise Forbidden("You are not a member of this organization")
    changes = {name: data[name] for name in ("name", "logo") if name in data}
    return call.state.organization.patch(data["organizationId"], **changes)


PROCEDURES = (
    query("organization.all", _all),
    mutation("organization.create", _create, name=NAME, logo=OPTIONAL),
    mutation("organization.delete", _delete, organizationId=TEXT),
    mutation("organization.update", _update, organizationId=TEXT, name=NAME, logo=OPTIONAL),
)
