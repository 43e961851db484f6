"""Looks at the Docker host. `getConfig` shows a container's environment, as on the real server."""

from typing import Any

from sandbox.dokploy.call import Call, Data, query
from sandbox.dokploy.errors import NotFound
from sandbox.dokploy.procedures.fields import CONTAINER_ID, OPTIONAL
from sandbox.dokploy.schema import Choice


async def _by_app_name(call: Call, data: Data) -> Any:
    return call.server.docker.containers(data["appName"], data.get("appType", "docker-compose"))


async def _config(call: Call, data: Data) -> Any:
    call.require("canAccessToDocker", "docker")
    found = call.server.docker.inspect(data["containerId"])
    if found is None:
        raise NotFound("Container not found")
    return found


async def _of_stack(call: Call, data: Data) -> Any:
    return call.server.docker.tasks(data["appName"])


async def _of_service(call: Call, data: Data) -> Any:
    stack = data["appName"].rpartition("_")[0] or data["appName"]
    return call.server.docker.tasks(stack, service=data["appName"])


async def _all(call: Call, _data: Data) -> Any:
    call.require("canAccessToDocker", "docker")
    return [
        {
            "containerId": row["id"][:12],
            "name": row["name"],
            "image": row["image"],
            "ports": "",
            "state": row["state"],
            "status": "Up" if row["state"] == "running" else f"Exited ({row['exit_code']})",
        }
        for row in call.server.docker.tables()["containers"]
    ]


_APP = {"appName": CONTAINER_ID, "serverId": OPTIONAL}

PROCEDURES = (
    query(
        "docker.getContainersByAppNameMatch",
        _by_app_name,
        appType=Choice(of=("stack", "docker-compose"), optional=True),
        **_APP,
    ),
    query("docker.getConfig", _config, containerId=CONTAINER_ID, serverId=OPTIONAL),
    query("docker.getStackContainersByAppName", _of_stack, **_APP),
    query("docker.getServiceContainersByAppName", _of_service, **_APP),
    query("docker.getContainers", _all, serverId=OPTIONAL),
)
