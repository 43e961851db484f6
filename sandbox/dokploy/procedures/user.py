"""Users, their keys, and what members may do."""

from typing import Any

from sandbox.dokploy import keys
from sandbox.dokploy.call import EMPTY, Call, Data, mutation, query
from sandbox.dokploy.errors import BadRequest, Forbidden, NotFound, ServerError
from sandbox.dokploy.names import api_key
from sandbox.dokploy.procedures.fields import OPTIONAL, TEXT
from sandbox.dokploy.schema import Flag, ListOf, Number, Record, Text
from sandbox.store import Document

_NUMBER = Number(optional=True)
_A_DAY = 86_400


async def _get(call: Call, _data: Data) -> Any:
    user = call.state.user.get(call.member["userId"]) or {}
    mine = [
        {name: row[name] for name in ("id", "name", "prefix", "enabled", "expiresAt", "createdAt")}
        for row in call.state.api_key.where(referenceId=call.member["userId"])
    ]
    return {**call.member, "user": {**user, "apiKeys": mine}}


async def _create_key(call: Call, data: Data) -> Any:
    organization = data["metadata"]["organizationId"]
    user = call.member["userId"]
    if not call.state.member.where(userId=user, organizationId=organization):
        raise Forbidden("You are not a member of this organization")
    if data.get("expiresIn", _A_DAY) < _A_DAY:
        raise ServerError("The expiresIn is smaller than the predefined minimum value.")
    key = data.get("prefix", "") + api_key()
    row = keys.add_key(call.state, key, user_id=user, organization_id=organization, wanted=data)
    return {**row, "key": key}


async def _delete_key(call: Call, data: Data) -> Any:
    if not keys.delete_key(call.state, data["apiKeyId"]):
        raise NotFound("API key not found")
    return True


async def _create_user(call: Call, data: Data) -> Any:
    call.require("owner", "member")
    if data["role"] == "owner":
        raise Forbidden("You cannot create a user with the role owner")
    if call.state.user.where(email=data["email"]):
        raise BadRequest("User already exists")
    user = keys.add_user(call.state, data["email"])
    keys.add_member(call.state, user_id=user["id"], organization_id=call.organization_id, role=data["role"])
    return {"userId": user["id"], "email": data["email"], "role": data["role"]}


def _membership(call: Call, user_id: str) -> Document:
    rows = call.state.member.where(userId=user_id, organizationId=call.organization_id)
    if not rows:
        raise NotFound("User not found in this organization")
    return rows[0]


async def _assign(call: Call, data: Data) -> Any:
    """Replaces all permissions and lists of a member."""
    call.require("owner", "member")
    changes = {name: value for name, value in data.items() if name != "id"}
    call.state.member.patch(_membership(call, data["id"])["id"], **changes)
    return EMPTY


async def _remove(call: Call, data: Data) -> Any:
    """The user's keys die at once."""
    call.require("owner", "member")
    _membership(call, data["userId"])
    for row in call.state.api_key.where(referenceId=data["userId"]):
        keys.delete_key(call.state, row["id"])
    for row in call.state.member.where(userId=data["userId"]):
        call.state.member.delete(row["id"])
    call.state.user.delete(data["userId"])
    return EMPTY


PROCEDURES = (
    query("user.get", _get),
    mutation(
        "user.createApiKey",
        _create_key,
        name=Text(least=1, most=32),
        prefix=OPTIONAL,
        expiresIn=_NUMBER,
        metadata=Record(fields={"organizationId": TEXT}),
        rateLimitEnabled=Flag(optional=True),
        rateLimitTimeWindow=_NUMBER,
        rateLimitMax=_NUMBER,
        remaining=_NUMBER,
        refillAmount=_NUMBER,
        refillInterval=_NUMBER,
    ),
    mutation("user.deleteApiKey", _delete_key, apiKeyId=TEXT),
    mutation("user.createUserWithCredentials", _create_user, email=TEXT, password=Text(least=8), role=TEXT),
    mutation(
        "user.assignPermissions",
        _assign,
        id=TEXT,
        **dict.fromkeys(keys.ACCESS_LISTS, ListOf(item=TEXT)),
        **dict.fromkeys(keys.PERMISSIONS, Flag()),
    ),
    mutation("user.remove", _remove, userId=TEXT),
)
