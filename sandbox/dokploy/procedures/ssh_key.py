"""SSH keys: `create` answers with nothing, so that the id has to be looked up by the public key."""

from typing import Any

from sandbox.dokploy.call import EMPTY, Call, Data, mutation, query
from sandbox.dokploy.errors import NotFound
from sandbox.dokploy.names import nano_id
from sandbox.dokploy.procedures.fields import ID, NAME, NULLABLE, TEXT


async def _create(call: Call, data: Data) -> Any:
    row = {
        "sshKeyId": nano_id(),
        "privateKey": data["privateKey"],
        "publicKey": data["publicKey"],
        "name": data["name"],
        "description": data.get("description"),
        "createdAt": call.state.now(),
        "lastUsedAt": None,
        "organizationId": call.organization_id,
    }
    call.state.ssh_key.put(row["sshKeyId"], row)
    return EMPTY


async def _all(call: Call, _data: Data) -> Any:
    return list(reversed(call.state.ssh_key.where(organizationId=call.organization_id)))


async def _one(call: Call, data: Data) -> Any:
    row = call.state.ssh_key.get(data["sshKeyId"])
    if row is None:
        raise NotFound("SSH Key not found")
    return row


async def _remove(call: Call, data: Data) -> Any:
    row = await _one(call, data)
    call.state.ssh_key.delete(data["sshKeyId"])
    return row


PROCEDURES = (
    mutation(
        "sshKey.create",
        _create,
        name=NAME,
        description=NULLABLE,
        privateKey=TEXT,
        publicKey=TEXT,
        organizationId=TEXT,
    ),
    query("sshKey.all", _all),
    query("sshKey.one", _one, sshKeyId=ID),
    mutation("sshKey.remove", _remove, sshKeyId=ID),
)
