"""Secret managers that env texts refer to. Of the six kinds of the server, HashiCorp's is resolved here."""

import json
from typing import Any

from sandbox.dokploy import vault
from sandbox.dokploy.call import Call, Data, mutation, query
from sandbox.dokploy.errors import BadRequest, NotFound, ServerError, Unauthorized, failed_insert
from sandbox.dokploy.names import nano_id
from sandbox.dokploy.procedures.fields import ID, NAME, OPTIONAL, OPTIONAL_NAME
from sandbox.dokploy.schema import Field, ListOf, Record, Text, Union, Url
from sandbox.store import Document

MASK = "********"
"""Shown in place of a secret; sent back, it keeps the secret that is there."""

_SECRETS = ("token", "clientSecret", "secretAccessKey", "serviceToken", "secretKey")
_COLUMNS = ("vaultProviderId", "name", "providerType", "config", "assignments", "organizationId", "createdAt")

_URL = Url()


def _kind(name: str, **fields: Field) -> Record:
    return Record(fields={"providerType": Text(default=name), **fields})


_CONFIG = Union(
    discriminator="providerType",
    variants={
        "hashicorp": _kind(
            "hashicorp", url=_URL, token=NAME, namespace=OPTIONAL, mount=Text(least=1, default="secret")
        ),
        "infisical": _kind(
            "infisical", clientId=NAME, clientSecret=NAME, projectId=NAME, environmentSlug=NAME
        ),
        "aws": _kind("aws", region=NAME, accessKeyId=NAME, secretAccessKey=NAME),
        "doppler": _kind("doppler", serviceToken=NAME, project=OPTIONAL, config=OPTIONAL),
        "azure": _kind("azure", vaultUri=_URL, tenantId=NAME, clientId=NAME, clientSecret=NAME),
        "scaleway": _kind("scaleway", projectId=NAME, secretKey=NAME),
    },
)
_OPTIONAL_CONFIG = Union(discriminator="providerType", variants=_CONFIG.variants, optional=True)
_WHOLE: dict[str, Field] = {
    "name": Text(
        least=1,
        most=64,
        pattern="^[a-zA-Z0-9_-]+$",
        pattern_message="Name can only contain letters, numbers, dashes and underscores",
    ),
    "config": _CONFIG,
    "assignments": ListOf(
        item=Record(fields={"projectId": NAME, "environmentIds": ListOf(item=NAME, default=())})
    ),
}


def _masked(row: Document) -> Document:
    config = {name: MASK if name in _SECRETS else value for name, value in row["config"].items()}
    return {**row, "config": config}


def _filled(call: Call, data: Data, *, own_id: str, config: Document) -> Document:
    """The row to keep, after the checks that create and update share."""
    for assignment in data["assignments"]:
        project = call.state.project.get(assignment["projectId"])
        if project is None or call.foreign(project):
            raise BadRequest("Assignment references a project outside this organization")
    row = {
        "vaultProviderId": own_id,
        "name": data["name"],
        "providerType": config["providerType"],
        "config": config,
        "assignments": [{**a, "environmentIds": list(a["environmentIds"])} for a in data["assignments"]],
        "organizationId": call.organization_id,
        "createdAt": call.state.now(),
    }
    same_name = call.state.vault_provider.where(name=data["name"], organizationId=call.organization_id)
    if any(other["vaultProviderId"] != own_id for other in same_name):
        # the real message holds the token in clear; clients have to cut it
        given = {name: v if isinstance(v, str) else json.dumps(v) for name, v in row.items()}
        raise ServerError(failed_insert("vault_provider", _COLUMNS, given))
    return row


async def _create(call: Call, data: Data) -> Any:
    call.require("owner", "vaultProvider")
    row = _filled(call, data, own_id=nano_id(), config=data["config"])
    call.state.vault_provider.put(row["vaultProviderId"], row)
    return _masked(row)


def _known(call: Call, data: Data) -> Document:
    row = call.state.vault_provider.get(data["vaultProviderId"])
    if row is None:
        raise NotFound("Vault provider not found")
    if row["organizationId"] != call.organization_id:
        raise Unauthorized("You are not allowed to access this vault provider")
    return row


async def _update(call: Call, data: Data) -> Any:
    """Replaces everything; the mask stands for the secret that is there."""
    before = _known(call, data)
    kept = {name: before["config"].get(name) for name, value in data["config"].items() if value == MASK}
    row = _filled(call, data, own_id=before["vaultProviderId"], config={**data["config"], **kept})
    row["createdAt"] = before["createdAt"]
    call.state.vault_provider.put(row["vaultProviderId"], row)
    return _masked(row)


async def _one(call: Call, data: Data) -> Any:
    return _masked(_known(call, data))


async def _all(call: Call, _data: Data) -> Any:
    rows = call.state.vault_provider.where(organizationId=call.organization_id)
    return [_masked(row) for row in sorted(rows, key=lambda row: str(row["name"]))]


async def _remove(call: Call, data: Data) -> Any:
    """Not guarded: what refers to it fails at the next deployment."""
    call.state.vault_provider.delete(_known(call, data)["vaultProviderId"])
    return True


async def _test(call: Call, data: Data) -> Any:
    call.require("owner", "vaultProvider")
    if "vaultProviderId" in data:
        config = _known(call, data)["config"]
    elif "config" in data:
        config = data["config"]
    else:
        raise BadRequest("Provide a config or a vaultProviderId to test")
    await vault.test_connection(config, transport=call.server.vault_transport)
    return True


PROCEDURES = (
    mutation("vaultProvider.create", _create, **_WHOLE),
    mutation("vaultProvider.update", _update, vaultProviderId=ID, **_WHOLE),
    query("vaultProvider.one", _one, vaultProviderId=ID),
    query("vaultProvider.all", _all),
    mutation("vaultProvider.remove", _remove, vaultProviderId=ID),
    mutation("vaultProvider.testConnection", _test, vaultProviderId=OPTIONAL_NAME, config=_OPTIONAL_CONFIG),
)
