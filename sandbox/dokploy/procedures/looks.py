"""Rows with what hangs on them, as several procedures show them."""

from typing import Any

from sandbox.dokploy.call import Call
from sandbox.dokploy.errors import NotFound
from sandbox.dokploy.state import State
from sandbox.store import Document

DATABASES = ("libsql", "mariadb", "mongo", "mysql", "postgres", "redis")
"""Kinds of services that exist on the server and not here; lists of them are empty."""


def environment_with_project(state: State, environment_id: str) -> Document:
    """An environment's row with its project's, as services show it."""
    environment = state.environment.get(environment_id) or {}
    return {**environment, "project": state.project.get(environment["projectId"])}


def no_databases() -> dict[str, list[Any]]:
    """The empty lists of databases."""
    return {name: [] for name in DATABASES}


def brief(row: Document, *names: str) -> Document:
    """Some columns of a service, and its server, which is always this one."""
    return {**{name: row[name] for name in names}, "server": None}


def visible(call: Call, rows: list[Document]) -> list[Document]:
    """The services that the caller may see."""
    return [
        row for row in rows if not call.shut_out("Services", row.get("composeId") or row["applicationId"])
    ]


def compose_of(state: State, compose_id: str) -> Document:
    """The row, or 404."""
    row = state.compose.get(compose_id)
    if row is None:
        raise NotFound("Compose not found")
    return row


def application_of(state: State, application_id: str) -> Document:
    """The row, or 404."""
    row = state.application.get(application_id)
    if row is None:
        raise NotFound("Application not found")
    return row


def project_of(state: State, project_id: str) -> Document:
    """The row, or 404."""
    row = state.project.get(project_id)
    if row is None:
        raise NotFound("Project not found")
    return row


def environment_of(state: State, environment_id: str) -> Document:
    """The row, or 404."""
    row = state.environment.get(environment_id)
    if row is None:
        raise NotFound("Environment not found")
    return row
