"""Environments: `production` is made with the project and reserved; one with services cannot be removed."""

from typing import Any

from sandbox.dokploy.call import Call, Data, mutation, query
from sandbox.dokploy.errors import BadRequest, Forbidden, Unauthorized, failed_insert
from sandbox.dokploy.names import nano_id
from sandbox.dokploy.procedures.fields import ID, NAME, OPTIONAL, OPTIONAL_NAME, SEARCH, TEXT
from sandbox.dokploy.procedures.looks import brief, environment_of, no_databases, visible
from sandbox.dokploy.procedures.search import found, window
from sandbox.dokploy.state import State
from sandbox.store import Document

_COLUMNS = ("environmentId", "name", "description", "createdAt", "env", "projectId", "isDefault")
_SHUT_OUT = "You are not allowed to access this environment"


def new_environment(
    state: State, *, name: str, description: str | None, project: Document, default: bool
) -> Document:
    """Make and keep a row."""
    row = {
        "environmentId": nano_id(),
        "name": name,
        "description": description,
        "createdAt": state.now(),
        "env": "",
        "projectId": project["projectId"],
        "isDefault": default,
    }
    state.environment.put(row["environmentId"], row)
    return row


async def _create(call: Call, data: Data) -> Any:
    call.require("canCreateEnvironments", "environment")
    if data["name"] == "production":
        raise BadRequest("You cannot create a environment with the name 'production'")
    project = call.state.project.get(data["projectId"])
    if project is None:
        given = {
            "environmentId": nano_id(),
            "name": data["name"],
            **({"description": data["description"]} if "description" in data else {}),
            "createdAt": call.state.now(),
            "projectId": data["projectId"],
        }
        raise BadRequest(f"Error creating the environment: {failed_insert('environment', _COLUMNS, given)}")
    row = new_environment(
        call.state, name=data["name"], description=data.get("description"), project=project, default=False
    )
    call.note("Environments", row["environmentId"])
    return row


async def _one(call: Call, data: Data) -> Any:
    environment = environment_of(call.state, data["environmentId"])
    if call.foreign(environment) or call.shut_out("Environments", environment["environmentId"]):
        raise Forbidden(_SHUT_OUT)
    columns = ("name", "createdAt")
    return _look(call, environment, columns, ("description", "serverId", "icon"))


async def _by_project(call: Call, data: Data) -> Any:
    environments = call.state.environment.where(projectId=data["projectId"])
    if any(call.foreign(environment) for environment in environments):
        raise BadRequest(f"Error fetching environments: {_SHUT_OUT}")
    columns = ("name", "description", "appName", "createdAt", "serverId")
    return [
        _look(call, environment, columns, ("icon",))
        for environment in environments
        if not call.shut_out("Environments", environment["environmentId"])
    ]


def _look(call: Call, environment: Document, first: tuple[str, ...], last: tuple[str, ...]) -> Document:
    """An environment with its services; `environment.one` alone shows its env text, and no app names."""
    services = visible(call, call.state.services(environment["environmentId"]))
    own = ["name", "description", "environmentId", "isDefault"]
    if "appName" not in first:
        own += ["projectId", "env"]
    return {
        **{name: environment[name] for name in own},
        "applications": [
            brief(row, *first, "applicationId", "applicationStatus", *last)
            for row in services
            if "applicationId" in row
        ],
        **no_databases(),
        "compose": [
            brief(row, *first, "composeId", "composeStatus", *last) for row in services if "composeId" in row
        ],
        "project": call.state.project.get(environment["projectId"]),
    }


async def _update(call: Call, data: Data) -> Any:
    environment = call.state.environment.get(data["environmentId"])
    changes = {name: value for name, value in data.items() if name != "environmentId"}
    complaint = None
    if environment is None:
        complaint = "Environment not found"
    elif call.foreign(environment) or call.shut_out("Environments", environment["environmentId"]):
        complaint = _SHUT_OUT
    elif environment["isDefault"] and changes.get("name", environment["name"]) != environment["name"]:
        complaint = "You cannot rename the default environment"
    elif not changes:
        complaint = "No values to set"
    if complaint is not None:
        raise BadRequest(f"Error updating the environment: {complaint}")
    return call.state.environment.patch(data["environmentId"], **changes)


async def _remove(call: Call, data: Data) -> Any:
    environment = environment_of(call.state, data["environmentId"])
    if call.foreign(environment):
        raise Forbidden(_SHUT_OUT)
    if call.restricted and not call.member["canDeleteEnvironments"]:
        raise Unauthorized('unauthorized to access resource "environment"')
    if environment["isDefault"]:
        raise BadRequest("You cannot delete the default environment")
    if call.state.services(environment["environmentId"]):
        raise BadRequest("Cannot delete environment: it has active services. Delete all services first.")
    call.state.remove_environment(environment["environmentId"])
    return environment


async def _duplicate(call: Call, data: Data) -> Any:
    source = environment_of(call.state, data["environmentId"])
    copy = {**source, "environmentId": nano_id(), "name": data["name"], "isDefault": False}
    copy |= {"description": data.get("description", source["description"]), "createdAt": call.state.now()}
    call.state.environment.put(copy["environmentId"], copy)
    return copy


async def _search(call: Call, data: Data) -> Any:
    rows = [
        row
        for name in call.state.environment
        if (row := call.state.environment.get(name)) is not None
        and not call.foreign(row)
        and data.get("projectId") in (None, row["projectId"])
    ]
    return window(found(rows, data, columns=("name", "description")), data)


PROCEDURES = (
    mutation("environment.create", _create, name=NAME, description=OPTIONAL, projectId=ID),
    query("environment.one", _one, environmentId=ID),
    query("environment.byProjectId", _by_project, projectId=TEXT),
    mutation(
        "environment.update",
        _update,
        environmentId=ID,
        name=OPTIONAL_NAME,
        description=OPTIONAL,
        projectId=OPTIONAL,
        env=OPTIONAL,
    ),
    mutation("environment.remove", _remove, environmentId=ID),
    mutation("environment.duplicate", _duplicate, environmentId=ID, name=NAME, description=OPTIONAL),
    query("environment.search", _search, **SEARCH, projectId=OPTIONAL),
)
