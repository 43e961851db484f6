"""Registries: `docker login` on the host. An update stays though its login fails; `all` shows passwords."""

from typing import Any

from sandbox.dokploy.call import Call, Data, mutation, query
from sandbox.dokploy.errors import BadRequest, NotFound
from sandbox.dokploy.jobs import docker
from sandbox.dokploy.names import nano_id
from sandbox.dokploy.procedures.fields import (
    ID,
    NAME,
    NULLABLE,
    OPTIONAL,
    OPTIONAL_NAME,
    REQUIRED_NULLABLE,
    TEXT,
)
from sandbox.dokploy.schema import Choice
from sandbox.store import Document

_CLOUD = Choice(of=("cloud",))


async def _login(call: Call, row: Document) -> str | None:
    """Log in; `None`, or what Docker says when it fails."""
    output: list[str] = []
    argv = ["login", row["registryUrl"] or "docker.io", "-u", row["username"], "-p", row["password"]]
    call.state.root.mkdir(parents=True, exist_ok=True)
    status = await docker(call.server, argv, cwd=call.state.root, log=output.append)
    said = "\n".join(output).replace(row["password"], "***")
    return None if status == 0 else said


async def _login_or_refuse(call: Call, row: Document) -> None:
    said = await _login(call, row)
    if said is not None:
        command = (
            f"printf %s '***' | docker login '{row['registryUrl']}' -u '{row['username']}' --password-stdin"
        )
        raise BadRequest(f"Command execution failed: Command failed: {command}\n{said}\n")


async def _create(call: Call, data: Data) -> Any:
    call.require("owner", "registry")
    row = {
        "registryId": nano_id(),
        **{
            name: data[name]
            for name in ("registryName", "imagePrefix", "username", "password", "registryUrl")
        },
        "createdAt": call.state.now(),
        "registryType": data["registryType"],
        "organizationId": call.organization_id,
    }
    await _login_or_refuse(call, row)
    call.state.registry.put(row["registryId"], row)
    return row


def _known(call: Call, data: Data) -> Document:
    row = call.state.registry.get(data["registryId"])
    if row is None:
        raise NotFound("Registry not found")
    return row


async def _one(call: Call, data: Data) -> Any:
    return {name: value for name, value in _known(call, data).items() if name != "password"}


async def _all(call: Call, _data: Data) -> Any:
    call.require("owner", "registry")
    return call.state.registry.where(organizationId=call.organization_id)


async def _update(call: Call, data: Data) -> Any:
    _known(call, data)
    await _login_or_refuse(call, call.state.registry.patch(data["registryId"], **data))
    return True


async def _remove(call: Call, data: Data) -> Any:
    row = _known(call, data)
    call.state.registry.delete(row["registryId"])
    await docker(call.server, ["logout", row["registryUrl"]], cwd=call.state.root, log=lambda _line: None)
    return row


async def _test(call: Call, data: Data) -> Any:
    said = await _login(call, data)
    if said is not None:
        raise BadRequest(f"Command failed with code 1. Stderr: {said}\n")
    return True


async def _test_by_id(call: Call, data: Data) -> Any:
    return await _test(call, _known(call, data))


PROCEDURES = (
    mutation(
        "registry.create",
        _create,
        registryName=NAME,
        username=NAME,
        password=NAME,
        registryUrl=TEXT,
        registryType=_CLOUD,
        imagePrefix=REQUIRED_NULLABLE,
        serverId=OPTIONAL,
    ),
    query("registry.one", _one, registryId=ID),
    query("registry.all", _all),
    mutation(
        "registry.update",
        _update,
        registryId=ID,
        registryName=OPTIONAL_NAME,
        imagePrefix=NULLABLE,
        username=OPTIONAL_NAME,
        password=OPTIONAL_NAME,
        registryUrl=OPTIONAL,
    ),
    mutation("registry.remove", _remove, registryId=ID),
    mutation(
        "registry.testRegistry",
        _test,
        registryName=OPTIONAL,
        username=NAME,
        password=NAME,
        registryUrl=TEXT,
        registryType=_CLOUD,
        imagePrefix=NULLABLE,
        serverId=OPTIONAL,
    ),
    mutation("registry.testRegistryById", _test_by_id, registryId=ID),
)
