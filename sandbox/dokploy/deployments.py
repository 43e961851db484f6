"""Deployment records and their log files."""

from pathlib import Path

from sandbox.dokploy.names import nano_id
from sandbox.dokploy.state import State
from sandbox.store import Document

KEEP = 10
"""Older records are removed when a new one starts, so that a service has 11 at most (measured 2026-11-23)."""


def begin(state: State, service: Document, *, title: str, description: str) -> Document:
    """Make the record of a deployment that starts now, and its log file.

    The file's name has a resolution of one second: deployments of one service within a second share it.
    """
    kind = "compose" if "composeId" in service else "application"
    owner = {f"{kind}Id": service[f"{kind}Id"]}
    former = newest_first(state.deployment.where(**owner))
    for row in former[KEEP:]:
        remove(state, row)
    app = service["appName"]
    moment = state.clock()
    row = {
        "deploymentId": nano_id(),
        "title": title,
        "description": description,
        "status": "running",
        "logPath": f"/etc/dokploy/logs/{app}/{app}-{moment:%Y-%m-%d:%H:%M:%S}.log",
        "pid": None,
        "applicationId": None,
        "composeId": None,
        "serverId": None,
        "isPreviewDeployment": False,
        "previewDeploymentId": None,
        "createdAt": state.now(),
        "startedAt": state.now(),
        "finishedAt": None,
        "errorMessage": None,
        "scheduleId": None,
        "backupId": None,
        "rollbackId": None,
        "volumeBackupId": None,
        "buildServerId": None,
        **owner,
    }
    state.deployment.put(row["deploymentId"], row)
    path = log_file(state, row)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("Initializing deployment\n")
    return row


def finish(state: State, deployment_id: str, status: str) -> None:
    """Set the terminal status, unless the record is gone."""
    if deployment_id in state.deployment:
        state.deployment.patch(deployment_id, status=status, finishedAt=state.now())


def rename(state: State, deployment_id: str, *, title: str, description: str) -> None:
    """Overwrite the texts, as the server does for git sources after the end."""
    if deployment_id in state.deployment:
        state.deployment.patch(deployment_id, title=title, description=description)


def remove(state: State, row: Document) -> None:
    """Delete a record and its log file, which may be a neighbour's as well."""
    log_file(state, row).unlink(missing_ok=True)
    state.deployment.delete(row["deploymentId"])


def log_file(state: State, row: Document) -> Path:
    """Where the log really lies; the row names the place on a real host."""
    return state.root / Path(row["logPath"]).relative_to("/etc/dokploy")


def newest_first(rows: list[Document]) -> list[Document]:
    """Records as the lists show them; the tables keep them in order of creation."""
    return rows[::-1]


def cancel_running(state: State) -> None:
    """What a start of the server does to deployments that its predecessor left running."""
    for row in state.deployment.where(status="running"):
        state.deployment.patch(row["deploymentId"], status="cancelled")
        if row["composeId"] in state.compose:
            state.compose.patch(row["composeId"], composeStatus="idle")
        if row["applicationId"] in state.application:
            state.application.patch(row["applicationId"], applicationStatus="idle")
