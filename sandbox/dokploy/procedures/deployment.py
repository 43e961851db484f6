"""Deployment records, their logs, and the queue."""

from typing import Any

from sandbox.dokploy import deployments
from sandbox.dokploy.call import Call, Data, mutation, query
from sandbox.dokploy.errors import BadRequest, NotFound
from sandbox.dokploy.procedures.fields import ID
from sandbox.dokploy.queue import Job
from sandbox.dokploy.schema import Choice, Number
from sandbox.store import Document

_TYPES = ("application", "compose", "server", "schedule", "previewDeployment", "backup", "volumeBackup")


async def _by_compose(call: Call, data: Data) -> Any:
    return deployments.newest_first(call.state.deployment.where(composeId=data["composeId"]))


async def _by_application(call: Call, data: Data) -> Any:
    return deployments.newest_first(call.state.deployment.where(applicationId=data["applicationId"]))


async def _by_type(call: Call, data: Data) -> Any:
    rows = call.state.deployment.where(**{f"{data['type']}Id": data["id"]})
    return [{**row, "rollback": None} for row in deployments.newest_first(rows)]


def _record(call: Call, data: Data) -> Document:
    row = call.state.deployment.get(data["deploymentId"])
    if row is None:
        raise NotFound("Deployment not found")
    return row


async def _read_logs(call: Call, data: Data) -> Any:
    path = deployments.log_file(call.state, _record(call, data))
    lines = path.read_text().split("\n") if path.exists() else [""]
    return "\n".join(lines[-int(data["tail"]) - 1 :])


async def _remove(call: Call, data: Data) -> Any:
    row = _record(call, data)
    deployments.remove(call.state, row)
    return row


async def _kill(call: Call, data: Data) -> Any:
    _record(call, data)
    raise BadRequest("Deployment is not running")


async def _queue(call: Call, _data: Data) -> Any:
    rows = [(job, _service(call, job)) for job in reversed(call.server.queue.jobs())]
    return [
        {**job.row(), "servicePath": _link(call, job, service)}
        for job, service in rows
        if service is not None and not call.foreign(service)
    ]


def _service(call: Call, job: Job) -> Document | None:
    table = call.state.compose if job.kind == "compose" else call.state.application
    return table.get(job.service_id)


def _link(call: Call, job: Job, service: Document) -> Document:
    environment = call.state.environment.get(service["environmentId"]) or {}
    place = f"project/{environment.get('projectId')}/environment/{service['environmentId']}"
    href = f"/dashboard/{place}/services/{job.kind}/{job.service_id}"
    return {"href": href, "label": job.kind.capitalize()}


PROCEDURES = (
    query("deployment.all", _by_application, applicationId=ID),
    query("deployment.allByCompose", _by_compose, composeId=ID),
    query("deployment.allByType", _by_type, id=ID, type=Choice(of=_TYPES)),
    query(
        "deployment.readLogs",
        _read_logs,
        deploymentId=ID,
        tail=Number(default=100, least=1, most=10_000),
    ),
    query("deployment.queueList", _queue),
    mutation("deployment.removeDeployment", _remove, deploymentId=ID),
    mutation("deployment.killProcess", _kill, deploymentId=ID),
)
