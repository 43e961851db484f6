"""Compose services: what a container has printed. Not recorded; as in Dokploy 0.30's public source."""

from typing import Any

from sandbox.dokploy.call import Call, Data, query
from sandbox.dokploy.errors import ServerError, Unauthorized
from sandbox.dokploy.jobs import docker
from sandbox.dokploy.procedures.fields import CONTAINER_ID, ID
from sandbox.dokploy.procedures.looks import compose_of
from sandbox.dokploy.schema import Number, Text


async def _read_logs(call: Call, data: Data) -> Any:
    """Any container's: nobody looks whether it is one of this compose.

    Docker's own errors are part of the answer, since the server reads both of its streams.
    """
    compose = compose_of(call.state, data["composeId"])
    call.may_use(compose["composeId"])
    if call.foreign(compose):
        raise Unauthorized("You are not authorized to access this compose")
    since = [] if data["since"] == "all" else ["--since", data["since"]]
    argv = ["container", "logs", "--timestamps", "--tail", str(data["tail"]), *since, data["containerId"]]
    lines: list[str] = []
    call.state.root.mkdir(parents=True, exist_ok=True)
    await docker(call.server, argv, cwd=call.state.root, log=lines.append)
    wanted = data.get("search")
    if wanted:
        lines = [line for line in lines if wanted.lower() in line.lower()]
        if not lines:
            raise ServerError("Command execution failed: Command failed: grep found nothing")
    return "".join(f"{line}\n" for line in lines)


PROCEDURES = (
    query(
        "compose.readLogs",
        _read_logs,
        composeId=ID,
        containerId=CONTAINER_ID,
        tail=Number(default=100, least=1, most=10_000),
        since=Text(default="all", pattern=r"^(all|\d+[smhd])$", pattern_message="Invalid since format"),
        search=Text(optional=True, pattern=r"^[a-zA-Z0-9 ._-]{0,500}$"),
    ),
)
