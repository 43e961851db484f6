"""Applications: one image as one swarm service. Only the `docker` source is built here."""

from functools import partial
from typing import Any

from sandbox.dokploy import application_job
from sandbox.dokploy.call import EMPTY, Call, Data, mutation, query
from sandbox.dokploy.errors import BadRequest, ServerError, Unauthorized
from sandbox.dokploy.names import app_name, nano_id
from sandbox.dokploy.procedures.application_fields import COLUMNS, DEFAULTS
from sandbox.dokploy.procedures.application_save import refuse_strange_keys
from sandbox.dokploy.procedures.fields import (
    APP_NAME,
    ID,
    NAME,
    NULLABLE,
    OPTIONAL,
    SEARCH,
    TEXT,
)
from sandbox.dokploy.procedures.looks import application_of, environment_of, environment_with_project
from sandbox.dokploy.procedures.search import found, window
from sandbox.dokploy.queue import Job
from sandbox.dokploy.schema import Choice
from sandbox.store import Document

_SOURCES = ("github", "docker", "git", "gitlab", "bitbucket", "gitea", "drop")


async def _create(call: Call, data: Data) -> Any:
    call.require("canCreateServices", "service")
    environment = environment_of(call.state, data["environmentId"])
    if call.foreign(environment):
        raise Unauthorized("You are not authorized to access this project")
    if data.get("serverId") is not None:
        raise Unauthorized("You are not authorized to access this server")
    row = {
        **DEFAULTS,
        "applicationId": nano_id(),
        "name": data["name"],
        "appName": app_name(data.get("appName"), kind="app"),
        "description": data.get("description"),
        "refreshToken": nano_id(),
        "sourceType": data.get("sourceType", "github"),
        "createdAt": call.state.now(),
        "environmentId": data["environmentId"],
    }
    call.state.application.put(row["applicationId"], row)
    call.note("Services", row["applicationId"])
    return row


def _look(call: Call, row: Document) -> Document:
    """An application with what `start`, `stop` and `delete` show as well."""
    state, key = call.state, {"applicationId": row["applicationId"]}
    return {
        **row,
        "environment": environment_with_project(state, row["environmentId"]),
        "domains": state.domain.where(**key),
        "deployments": state.deployment.where(**key),
        "mounts": state.mount.where(**key),
        **{name: [] for name in ("redirects", "security", "ports", "previewDeployments")},
        **dict.fromkeys(("gitlab", "github", "bitbucket", "gitea", "server")),
        **dict.fromkeys(("registry", "buildRegistry", "rollbackRegistry")),
    }


async def _one(call: Call, data: Data) -> Any:
    row = application_of(call.state, data["applicationId"])
    if call.foreign(row) or call.shut_out("Services", row["applicationId"]):
        raise Unauthorized("You are not authorized to access this application")
    return {**_look(call, row), "hasGitProviderAccess": True, "unauthorizedProvider": None}


async def _update(call: Call, data: Data) -> Any:
    key = data["applicationId"]
    changes = {name: value for name, value in data.items() if name not in ("applicationId", "appName")}
    if not changes:
        raise ServerError("No values to set")
    if key not in call.state.application:
        raise BadRequest("Error updating application")
    refuse_strange_keys(call, key, changes)
    call.state.application.patch(key, **changes)
    return True


async def _deploy(call: Call, data: Data, *, again: bool = False) -> Any:
    row = application_of(call.state, data["applicationId"])
    call.may_use(row["applicationId"])
    environment = call.state.environment.get(row["environmentId"]) or {}
    call.server.queue.add(
        Job(
            kind="application",
            service_id=row["applicationId"],
            type="redeploy" if again else "deploy",
            title=data.get("title") or ("Rebuild deployment" if again else "Manual deployment"),
            description=data.get("description") or "",
            known_as=f"{row['name']} {row['appName']} {environment.get('name')}",
            work=partial(application_job.deploy_application, call.server),
        )
    )
    return EMPTY


async def _scale(call: Call, data: Data, *, running: bool) -> Any:
    """Answers with the row as it was before."""
    row = application_of(call.state, data["applicationId"])
    call.may_use(row["applicationId"])
    answer = _look(call, row)
    await application_job.scale(call.server, row, row["replicas"] if running else 0)
    status = "done" if running else "idle"
    call.state.application.patch(row["applicationId"], applicationStatus=status)
    return answer


async def _delete(call: Call, data: Data) -> Any:
    call.require("canDeleteServices", "service")
    row = application_of(call.state, data["applicationId"])
    if call.foreign(row):
        raise Unauthorized("You are not authorized to delete this application")
    answer = _look(call, row)
    call.server.queue.clean(row["applicationId"])
    call.state.remove_service(row)
    await application_job.remove(call.server, row)
    return answer


_SHOWN = (
    "applicationId",
    "name",
    "appName",
    "description",
    "environmentId",
    "applicationStatus",
    "sourceType",
)


async def _search(call: Call, data: Data) -> Any:
    """As on the real server, only what the caller's own list names is found."""
    listed = call.member["accessedServices"]
    rows = [row for key in listed if (row := call.state.application.get(key)) is not None]
    rows = found(rows, data, columns=("name", "appName", "description"))
    return window(rows, data, columns=(*_SHOWN, "createdAt"))


_TEXTS = {"title": OPTIONAL, "description": OPTIONAL}

PROCEDURES = (
    mutation(
        "application.create",
        _create,
        name=NAME,
        appName=APP_NAME,
        description=NULLABLE,
        environmentId=TEXT,
        serverId=NULLABLE,
        sourceType=Choice(of=_SOURCES, optional=True),
    ),
    query("application.one", _one, applicationId=ID),
    mutation("application.update", _update, applicationId=TEXT, appName=APP_NAME, **COLUMNS),
    mutation("application.deploy", _deploy, applicationId=ID, **_TEXTS),
    mutation("application.redeploy", partial(_deploy, again=True), applicationId=ID, **_TEXTS),
    mutation("application.start", partial(_scale, running=True), applicationId=ID),
    mutation("application.stop", partial(_scale, running=False), applicationId=ID),
    mutation("application.delete", _delete, applicationId=ID),
    query("application.search", _search, **SEARCH, appName=OPTIONAL),
)
