"""Images of the Docker host: thin wrappers of three `docker` commands, as in Dokploy 0.30's public source."""

import json
from typing import Any

from sandbox.dokploy import shell
from sandbox.dokploy.call import EMPTY, Call, Data, mutation, query
from sandbox.dokploy.errors import ServerError
from sandbox.dokploy.procedures.fields import ID, OPTIONAL, TEXT
from sandbox.dokploy.schema import Flag

_NOTHING = ("", "<none>")


async def _all(call: Call, _data: Data) -> Any:
    """A host that does not answer has no images, for all that this tells."""
    call.require("canAccessToDocker", "docker")
    try:
        lines = await shell.output(call.server, ["images", "--format", "{{json .}}"])
    except ServerError:
        return []
    return [json.loads(line) for line in lines]


async def _config(call: Call, data: Data) -> Any:
    call.require("canAccessToDocker", "docker")
    lines = await shell.output(call.server, ["image", "inspect", data["imageRef"]])
    return json.loads("".join(lines))[0]


async def _remove(call: Call, data: Data) -> Any:
    """By id where there is no name."""
    call.require("canAccessToDocker", "docker")
    named = data["repository"] not in _NOTHING and data["tag"] not in _NOTHING
    reference = f"{data['repository']}:{data['tag']}" if named else data["id"]
    await shell.output(call.server, ["rmi", *(["-f"] if data.get("force") else []), reference])
    return EMPTY


PROCEDURES = (
    query("dockerImage.getImages", _all, serverId=OPTIONAL),
    query("dockerImage.getImageConfig", _config, imageRef=ID, serverId=OPTIONAL),
    mutation(
        "dockerImage.removeImage",
        _remove,
        repository=TEXT,
        tag=TEXT,
        id=ID,
        force=Flag(optional=True),
        serverId=OPTIONAL,
    ),
)
