"""Compose services: their rows. Most settings are ignored by `create` and need an `update`."""

from typing import Any

from sandbox.dokploy.call import EMPTY, Call, Data, mutation, query
from sandbox.dokploy.errors import (
    BadRequest,
    NotFound,
    ServerError,
    Unauthorized,
    failed_update,
)
from sandbox.dokploy.names import app_name, nano_id
from sandbox.dokploy.procedures.compose_fields import DEFAULTS, FOREIGN_KEYS, SOURCES, TYPES, UPDATE
from sandbox.dokploy.procedures.fields import (
    APP_NAME,
    ID,
    NAME,
    NULLABLE,
    OPTIONAL,
    REQUIRED_NULLABLE,
    SEARCH,
    TEXT,
)
from sandbox.dokploy.procedures.looks import compose_of, environment_of, environment_with_project
from sandbox.dokploy.procedures.search import found, window
from sandbox.dokploy.schema import Choice, Flag
from sandbox.store import Document


def _new_row(call: Call, data: Data) -> Document:
    given = {name: value for name, value in data.items() if name not in ("appName", "serverId")}
    return {
        **DEFAULTS,
        **given,
        "composeId": nano_id(),
        "appName": app_name(data.get("appName"), kind="compose"),
        "refreshToken": nano_id(),
        "createdAt": call.state.now(),
    }


async def _create(call: Call, data: Data) -> Any:
    call.require("canCreateServices", "service")
    environment = environment_of(call.state, data["environmentId"])
    if call.foreign(environment):
        raise Unauthorized("You are not authorized to access this project")
    server = data.get("serverId")
    if server == "":
        raise ServerError("Failed query: insert into \"compose\" (…)\nparams: serverId ''")
    if server is not None:
        raise Unauthorized("You are not authorized to access this server")
    row = _new_row(call, data)
    call.state.compose.put(row["composeId"], row)
    call.note("Services", row["composeId"])
    return row


def look(call: Call, compose: Document) -> Document:
    """A compose with everything that `one` and `delete` show."""
    state, key = call.state, {"composeId": compose["composeId"]}
    return {
        **compose,
        "environment": environment_with_project(state, compose["environmentId"]),
        "deployments": state.deployment.where(**key),
        "mounts": state.mount.where(**key),
        "domains": state.domain.where(**key),
        **dict.fromkeys(("github", "gitlab", "bitbucket", "gitea", "server")),
        "backups": [],
    }


async def _one(call: Call, data: Data) -> Any:
    compose = compose_of(call.state, data["composeId"])
    if call.foreign(compose) or call.shut_out("Services", compose["composeId"]):
        raise Unauthorized("You are not authorized to access this compose")
    return {**look(call, compose), "hasGitProviderAccess": True, "unauthorizedProvider": None}


async def _update(call: Call, data: Data) -> Any:
    call.require("canCreateServices", "service")
    compose = call.state.compose.get(data["composeId"])
    if compose is None:
        return EMPTY
    wrong = any("\0" in value for value in data.values() if isinstance(value, str)) or any(
        data.get(name) is not None and not _exists(call, name, data[name]) for name in FOREIGN_KEYS
    )
    if wrong:
        key = ("composeId", data["composeId"])
        raise ServerError(failed_update("compose", list(compose), data, key=key))
    return call.state.compose.patch(**_keyed(data))


def _keyed(data: Data) -> Data:
    """Arguments of `patch`; a name of containers is checked and then ignored."""
    changes = {name: value for name, value in data.items() if name != "appName"}
    return {"key": data["composeId"], **changes}


def _exists(call: Call, column: str, key: str) -> bool:
    if column == "environmentId":
        return key in call.state.environment
    return column == "customGitSSHKeyId" and key in call.state.ssh_key


async def _save_environment(call: Call, data: Data) -> Any:
    if data["composeId"] not in call.state.compose:
        raise BadRequest("Error adding environment variables")
    call.may_use(data["composeId"])
    call.state.compose.patch(**_keyed(data))
    return True


async def _move(call: Call, data: Data) -> Any:
    call.require("canCreateServices", "service")
    compose_of(call.state, data["composeId"])
    if data["targetEnvironmentId"] not in call.state.environment:
        raise NotFound("Environment not found")
    return call.state.compose.patch(data["composeId"], environmentId=data["targetEnvironmentId"])


async def _refresh_token(call: Call, data: Data) -> Any:
    call.require("canCreateServices", "service")
    compose_of(call.state, data["composeId"])
    call.state.compose.patch(data["composeId"], refreshToken=nano_id())
    return True


_SHOWN = (
    "composeId",
    "name",
    "appName",
    "description",
    "environmentId",
    "composeStatus",
    "sourceType",
    "createdAt",
)


async def _search(call: Call, data: Data) -> Any:
    """As on the real server, only what the caller's own list names is found."""
    rows = [
        row for key in call.member["accessedServices"] if (row := call.state.compose.get(key)) is not None
    ]
    rows = [row for row in rows if data.get("environmentId") in (None, row["environmentId"])]
    if data.get("projectId"):
        inside = call.state.environment.where(projectId=data["projectId"])
        rows = [row for row in rows if row["environmentId"] in {e["environmentId"] for e in inside}]
    return window(found(rows, data, columns=("name", "appName", "description")), data, columns=_SHOWN)


PROCEDURES = (
    mutation(
        "compose.create",
        _create,
        name=NAME,
        description=NULLABLE,
        environmentId=TEXT,
        composeType=Choice(of=TYPES, optional=True),
        appName=APP_NAME,
        serverId=NULLABLE,
        composeFile=OPTIONAL,
        sourceType=Choice(of=SOURCES, optional=True),
    ),
    query("compose.one", _one, composeId=ID),
    mutation("compose.update", _update, **UPDATE, appName=APP_NAME),
    mutation(
        "compose.saveEnvironment",
        _save_environment,
        composeId=TEXT,
        env=REQUIRED_NULLABLE,
        createEnvFile=Flag(optional=True),
    ),
    mutation("compose.move", _move, composeId=TEXT, targetEnvironmentId=TEXT),
    mutation("compose.refreshToken", _refresh_token, composeId=ID),
    query("compose.search", _search, **SEARCH, appName=OPTIONAL, projectId=OPTIONAL, environmentId=OPTIONAL),
)
