"""Projects: each is born with an environment `production`; removing one orphans what runs below it."""

from typing import Any

from sandbox.dokploy.call import Call, Data, mutation, query
from sandbox.dokploy.errors import BadRequest, Unauthorized
from sandbox.dokploy.names import nano_id
from sandbox.dokploy.procedures.environment import new_environment
from sandbox.dokploy.procedures.fields import ID, NAME, NULLABLE, OPTIONAL, OPTIONAL_NAME, SEARCH
from sandbox.dokploy.procedures.looks import brief, no_databases, project_of, visible
from sandbox.dokploy.procedures.search import found, window
from sandbox.store import Document


async def _create(call: Call, data: Data) -> Any:
    try:
        call.require("canCreateProjects", "project")
    except Unauthorized as error:
        raise BadRequest(f"Error creating the project: {error.message}") from None
    project = {
        "projectId": nano_id(),
        "name": data["name"],
        "description": data.get("description"),
        "createdAt": call.state.now(),
        "organizationId": call.organization_id,
        "env": data.get("env", ""),
    }
    call.state.project.put(project["projectId"], project)
    environment = new_environment(
        call.state, name="production", description="Production environment", project=project, default=True
    )
    call.note("Projects", project["projectId"])
    call.note("Environments", environment["environmentId"])
    return {"project": project, "environment": environment}


async def _one(call: Call, data: Data) -> Any:
    project = project_of(call.state, data["projectId"])
    if call.foreign(project):
        raise Unauthorized("You are not authorized to access this project")
    if call.shut_out("Projects", project["projectId"]):
        raise Unauthorized("You don't have access to this project")
    environments = [
        {**environment, **_services(call, environment)}
        for environment in call.state.environment.where(projectId=project["projectId"])
        if not call.shut_out("Environments", environment["environmentId"])
    ]
    return {**project, "environments": environments, "projectTags": []}


def _services(call: Call, environment: Document) -> Document:
    columns = ("name", "description", "appName", "createdAt", "serverId")
    services = visible(call, call.state.services(environment["environmentId"]))
    return {
        "applications": [
            brief(row, *columns, "applicationId", "applicationStatus")
            for row in services
            if "applicationId" in row
        ],
        "compose": [
            brief(row, *columns, "composeId", "composeStatus") for row in services if "composeId" in row
        ],
        **no_databases(),
    }


async def _all(call: Call, _data: Data) -> Any:
    return [
        {
            **project,
            "environments": [
                _short(call, environment)
                for environment in call.state.environment.where(projectId=project["projectId"])
                if not call.shut_out("Environments", environment["environmentId"])
            ],
            "projectTags": [],
        }
        for project in reversed(call.state.project.where(organizationId=call.organization_id))
        if not call.shut_out("Projects", project["projectId"])
    ]


def _short(call: Call, environment: Document) -> Document:
    services = visible(call, call.state.services(environment["environmentId"]))
    return {
        **{name: environment[name] for name in ("name", "environmentId", "isDefault")},
        "applications": [
            {name: row[name] for name in ("applicationId", "name", "applicationStatus")}
            for row in services
            if "applicationId" in row
        ],
        **no_databases(),
        "compose": [
            {name: row[name] for name in ("composeId", "name", "composeStatus")}
            for row in services
            if "composeId" in row
        ],
    }


async def _search(call: Call, data: Data) -> Any:
    rows = [
        row
        for row in call.state.project.where(organizationId=call.organization_id)
        if not call.shut_out("Projects", row["projectId"])
    ]
    return window(found(rows, data, columns=("name", "description")), data)


async def _update(call: Call, data: Data) -> Any:
    project = project_of(call.state, data["projectId"])
    if call.foreign(project):
        raise Unauthorized("You are not authorized to update this project")
    if call.shut_out("Projects", project["projectId"]):
        raise Unauthorized("You don't have access to this project")
    return call.state.project.patch(project["projectId"], **data)


async def _remove(call: Call, data: Data) -> Any:
    project = project_of(call.state, data["projectId"])
    if call.foreign(project):
        raise Unauthorized("You are not authorized to delete this project")
    call.require("canDeleteProjects", "project")
    call.state.remove_project(project["projectId"])
    return project


PROCEDURES = (
    mutation("project.create", _create, name=NAME, description=NULLABLE, env=OPTIONAL),
    query("project.one", _one, projectId=ID),
    query("project.all", _all),
    query("project.search", _search, **SEARCH),
    mutation(
        "project.update",
        _update,
        projectId=ID,
        name=OPTIONAL_NAME,
        description=NULLABLE,
        createdAt=OPTIONAL,
        organizationId=OPTIONAL,
        env=OPTIONAL,
    ),
    mutation("project.remove", _remove, projectId=ID),
)
