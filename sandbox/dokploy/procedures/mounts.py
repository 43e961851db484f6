"""Mounts: rows, and the content of file mounts, which is written at once."""

from typing import Any

from sandbox.dokploy.call import Call, Data, mutation, query
from sandbox.dokploy.errors import BadRequest, NotFound, Unauthorized, failed_insert
from sandbox.dokploy.names import nano_id
from sandbox.dokploy.procedures.fields import ID, NAME, NULLABLE, OPTIONAL_NAME, TEXT
from sandbox.dokploy.schema import Choice
from sandbox.store import Document

_SERVICES = ("application", "postgres", "mysql", "mariadb", "mongo", "redis", "compose", "libsql")
_OWNERS = (
    "applicationId",
    "composeId",
    "libsqlId",
    "mariadbId",
    "mongoId",
    "mysqlId",
    "postgresId",
    "redisId",
)
_TYPES = ("bind", "volume", "file")
_COLUMNS = (
    "mountId",
    "type",
    "hostPath",
    "volumeName",
    "filePath",
    "content",
    "serviceType",
    "mountPath",
    *_OWNERS,
)


async def _create(call: Call, data: Data) -> Any:
    kind = data.get("serviceType", "application")
    # another service's id with the default type gives a row without an owner (measured 2026-11-22)
    kind_given, key = "serviceType" in data, data["serviceId"]
    row: Document = {**dict.fromkeys(_COLUMNS), "mountId": nano_id(), "serviceType": kind}
    row |= {name: data[name] for name in _COLUMNS if name in data}
    tables = {"compose": call.state.compose, "application": call.state.application}
    if kind in tables and key in tables[kind]:
        call.may_use(key)
        row[f"{kind}Id"] = key
    elif kind_given:
        given = {name: value for name, value in row.items() if value is not None} | {f"{kind}Id": key}
        ordered = {name: given[name] for name in _COLUMNS if name in given}
        raise BadRequest(f"Error {failed_insert('mount', _COLUMNS, ordered)}")
    call.state.mount.put(row["mountId"], row)
    _write(call, row)
    return row


def _write(call: Call, row: Document) -> None:
    """Put a file mount's content where the compose file can name it (`../files/<filePath>`)."""
    compose = call.state.compose.get(str(row["composeId"]))
    if row["type"] != "file" or compose is None:
        return
    folder = call.state.files_folder(compose["appName"])
    folder.mkdir(parents=True, exist_ok=True)
    path = (folder / (row["filePath"] or "")).resolve()
    if path == folder.resolve() or not path.is_relative_to(folder.resolve()):
        shown = f"/etc/dokploy/compose/{compose['appName']}/files"
        raise BadRequest(
            f"Error Error creating the mount EISDIR: illegal operation on a directory, open '{shown}'"
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(row["content"] or "")


def _known(call: Call, data: Data) -> Document:
    row = call.state.mount.get(data["mountId"])
    if row is None:
        raise NotFound("Mount not found")
    return row


def _look(call: Call, row: Document) -> Document:
    compose = call.state.compose.get(str(row["composeId"]))
    brief = None
    if compose is not None:
        organization = {"organizationId": call.state.organization_of(compose)}
        brief = {"serverId": None, "appName": compose["appName"], "environment": {"project": organization}}
    return {**row, **dict.fromkeys(name.removesuffix("Id") for name in _OWNERS), "compose": brief}


async def _one(call: Call, data: Data) -> Any:
    return _look(call, _known(call, data))


async def _update(call: Call, data: Data) -> Any:
    """Answers with the row as it was before."""
    row = _known(call, data)
    answer = _look(call, row)
    _write(call, call.state.mount.patch(row["mountId"], **data))
    return answer


async def _remove(call: Call, data: Data) -> Any:
    row = _known(call, data)
    call.state.mount.delete(row["mountId"])
    return row


async def _list(call: Call, data: Data) -> Any:
    kind, key = data["serviceType"], data["serviceId"]
    if kind == "compose":
        compose = call.state.compose.get(key)
        if compose is None:
            raise NotFound("Compose not found")
        if call.foreign(compose) or call.shut_out("Services", key):
            raise Unauthorized("You are not authorized to access this service or it does not exist")
    return call.state.mount.where(**{f"{kind}Id": key})


PROCEDURES = (
    mutation(
        "mounts.create",
        _create,
        type=Choice(of=_TYPES),
        hostPath=NULLABLE,
        volumeName=NULLABLE,
        content=NULLABLE,
        mountPath=NAME,
        filePath=NULLABLE,
        serviceType=Choice(of=_SERVICES, optional=True),
        serviceId=ID,
    ),
    query("mounts.one", _one, mountId=ID),
    mutation(
        "mounts.update",
        _update,
        mountId=ID,
        type=Choice(of=_TYPES, optional=True),
        hostPath=NULLABLE,
        volumeName=NULLABLE,
        filePath=NULLABLE,
        content=NULLABLE,
        serviceType=Choice(of=_SERVICES, optional=True),
        mountPath=OPTIONAL_NAME,
    ),
    mutation("mounts.remove", _remove, mountId=TEXT),
    query("mounts.listByServiceId", _list, serviceType=NAME, serviceId=ID),
)
