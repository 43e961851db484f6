"""Volumes of the Docker host: thin wrappers of three `docker` commands, as in Dokploy 0.30's public source.

Their sizes and files are not here: nobody asks for them, and the sandbox's volumes hold nothing.
"""

import json
from typing import Any

from sandbox.dokploy import shell
from sandbox.dokploy.call import EMPTY, Call, Data, mutation, query
from sandbox.dokploy.errors import ServerError
from sandbox.dokploy.procedures.fields import OPTIONAL
from sandbox.dokploy.schema import Text

_NAME = Text(least=1, pattern=r"^[a-zA-Z0-9.\-_]+$", pattern_message="Invalid volume name.")


async def _all(call: Call, _data: Data) -> Any:
    """A host that does not answer has no volumes, for all that this tells."""
    call.require("canAccessToDocker", "docker")
    try:
        lines = await shell.output(call.server, ["volume", "ls", "--format", "{{json .}}"])
    except ServerError:
        return []
    return [json.loads(line) for line in lines]


async def _config(call: Call, data: Data) -> Any:
    call.require("canAccessToDocker", "docker")
    lines = await shell.output(call.server, ["volume", "inspect", data["volumeName"]])
    return json.loads("".join(lines))[0]


async def _remove(call: Call, data: Data) -> Any:
    call.require("canAccessToDocker", "docker")
    await shell.output(call.server, ["volume", "rm", data["volumeName"]])
    return EMPTY


PROCEDURES = (
    query("dockerVolume.getVolumes", _all, serverId=OPTIONAL),
    query("dockerVolume.getVolumeConfig", _config, volumeName=_NAME, serverId=OPTIONAL),
    mutation("dockerVolume.removeVolume", _remove, volumeName=_NAME, serverId=OPTIONAL),
)
