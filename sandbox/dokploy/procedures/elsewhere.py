"""Lists of what this host never has: further servers, connected git providers."""

from typing import Any

from sandbox.dokploy.call import Call, Data, query


async def _servers(call: Call, _data: Data) -> Any:
    call.require("owner", "server")
    return []


async def _nothing(_call: Call, _data: Data) -> Any:
    return []


PROCEDURES = (
    query("server.all", _servers),
    query("gitProvider.getAll", _nothing),
    query("github.githubProviders", _nothing),
)
