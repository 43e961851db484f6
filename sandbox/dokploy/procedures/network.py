"""Networks: objects with a Docker network behind each; one in use by what runs cannot be removed."""

from typing import Any

from sandbox.dokploy.call import Call, Data, mutation, query
from sandbox.dokploy.errors import BadRequest, NotFound, Unauthorized
from sandbox.dokploy.jobs import docker
from sandbox.dokploy.names import nano_id
from sandbox.dokploy.procedures.fields import ID, NAME, NULLABLE, OPTIONAL
from sandbox.dokploy.schema import Choice, Flag, Number, Record
from sandbox.store import Document

_SPACED = " "
"""The real messages end in a blank."""

_DRIVERS = ("bridge", "overlay")
_RESERVED = {"bridge", "host", "none", "ingress", "docker_gwbridge", "dokploy-network"}
"""Networks of Docker's and Dokploy's own, which cannot be imported."""


async def _docker(call: Call, argv: list[str]) -> str | None:
    """Run a network command; `None`, or what Docker says when it fails."""
    output: list[str] = []
    call.state.root.mkdir(parents=True, exist_ok=True)
    status = await docker(call.server, argv, cwd=call.state.root, log=output.append)
    return None if status == 0 else "\n".join(output).removeprefix("Error response from daemon: ")


async def _create(call: Call, data: Data) -> Any:
    call.require("owner", "network")
    if data.get("serverId") is not None:
        raise Unauthorized("You are not authorized to access this server")
    row = {
        "networkId": nano_id(),
        "name": data["name"],
        "driver": data.get("driver", "bridge"),
        "internal": data.get("internal", False),
        "attachable": data.get("attachable", False),
        "enableIPv4": data.get("enableIPv4", True),
        "enableIPv6": data.get("enableIPv6", False),
        "mtu": data.get("mtu"),
        "ipam": data.get("ipam") or {},
        "createdAt": call.state.now(),
        "organizationId": call.organization_id,
        "serverId": None,
    }
    flags = [f"--{name}" for name in ("attachable", "internal") if row[name]]
    said = await _docker(call, ["network", "create", "--driver", row["driver"], *flags, row["name"]])
    if said is not None:
        raise BadRequest(f"(HTTP code 409) unexpected - {said}{_SPACED}")
    call.state.network.put(row["networkId"], row)
    return row


def _known(call: Call, data: Data) -> Document:
    row = call.state.network.get(data["networkId"])
    if row is None:
        raise NotFound("Network not found")
    if row["organizationId"] != call.organization_id:
        raise Unauthorized("You are not allowed to access this network")
    return row


async def _one(call: Call, data: Data) -> Any:
    return _known(call, data)


async def _all(call: Call, _data: Data) -> Any:
    return call.state.network.where(organizationId=call.organization_id)


async def _to_sync(call: Call, _data: Data) -> Any:
    """What the host has and the organization does not, and the other way round."""
    rows = call.state.network.where(organizationId=call.organization_id)
    known, there = {row["name"] for row in rows}, call.server.docker.networks()
    importable = [
        {
            "name": network["Name"],
            "driver": network["Driver"],
            "internal": network["Internal"],
            "attachable": network["Attachable"],
            "subnets": [part["Subnet"] for part in network.get("IPAM", {}).get("Config", ())],
        }
        for network in there
        if network["Name"] not in known | _RESERVED and network["Driver"] in _DRIVERS
    ]
    names = {network["Name"] for network in there}
    missing = [{"networkId": r["networkId"], "name": r["name"]} for r in rows if r["name"] not in names]
    return {"importable": importable, "missing": missing}


async def _remove(call: Call, data: Data) -> Any:
    row = _known(call, data)
    said = await _docker(call, ["network", "rm", row["name"]])
    if said is not None and "not found" not in said:
        raise BadRequest(f"(HTTP code 403) unexpected - {said}{_SPACED}")
    call.state.network.delete(row["networkId"])
    return row


PROCEDURES = (
    mutation(
        "network.create",
        _create,
        name=NAME,
        driver=Choice(of=_DRIVERS, optional=True),
        internal=Flag(optional=True),
        attachable=Flag(optional=True),
        enableIPv4=Flag(optional=True),
        enableIPv6=Flag(optional=True),
        mtu=Number(optional=True, nullable=True, least=68, most=65535),
        ipam=Record(fields={}, open=True, optional=True, nullable=True),
        serverId=NULLABLE,
    ),
    query("network.one", _one, networkId=ID),
    query("network.networksToSync", _to_sync, serverId=OPTIONAL),
    query("network.all", _all, serverId=OPTIONAL),
    mutation("network.remove", _remove, networkId=ID),
)
