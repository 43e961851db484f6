"""Compose services: what makes Docker do something, and the looks at what it would do."""

import shutil
from functools import partial
from typing import Any

from sandbox.dokploy import command, deployments, labels, shell, yaml12
from sandbox.dokploy.call import Call, Data, mutation, query
from sandbox.dokploy.compose_job import deploy_compose
from sandbox.dokploy.errors import BadRequest, NotFound, ServerError, Unauthorized
from sandbox.dokploy.jobs import docker
from sandbox.dokploy.procedures.compose import look
from sandbox.dokploy.procedures.fields import ID, OPTIONAL
from sandbox.dokploy.procedures.looks import compose_of
from sandbox.dokploy.queue import Job
from sandbox.dokploy.schema import Choice, Flag
from sandbox.store import Document


def _usable(call: Call, data: Data) -> Document:
    compose = compose_of(call.state, data["composeId"])
    call.may_use(compose["composeId"])
    return compose


async def _deploy(call: Call, data: Data, *, again: bool = False) -> Any:
    compose = _usable(call, data)
    environment = call.state.environment.get(compose["environmentId"]) or {}
    job = Job(
        kind="compose",
        service_id=compose["composeId"],
        type="redeploy" if again else "deploy",
        title=data.get("title") or ("Rebuild deployment" if again else "Manual deployment"),
        description=data.get("description") or "",
        known_as=f"{compose['name']} {compose['appName']} {environment.get('name')}",
        work=partial(deploy_compose, call.server),
    )
    call.server.queue.add(job)
    message = "Redeployment queued" if again else "Deployment queued"
    return {"success": True, "message": message, "composeId": compose["composeId"]}


async def _run(call: Call, compose: Document, argv: list[str], *, on_error: str) -> None:
    """Run a command in the code folder while the caller waits."""
    folder = call.state.code_folder(compose["appName"])
    try:
        await shell.output(call.server, argv, cwd=folder, before='env -i PATH="$PATH" docker')
    except ServerError:
        call.state.compose.patch(compose["composeId"], composeStatus=on_error)
        raise


async def _stop(call: Call, data: Data) -> Any:
    compose = _usable(call, data)
    await _run(call, compose, command.stop_command(compose), on_error="error")
    call.state.compose.patch(compose["composeId"], composeStatus="idle")
    return True


async def _start(call: Call, data: Data) -> Any:
    """For a stack this changes the status and nothing else."""
    compose = _usable(call, data)
    if compose["composeType"] != "stack":
        await _run(call, compose, command.start_command(compose), on_error="idle")
    call.state.compose.patch(compose["composeId"], composeStatus="done")
    return True


async def _delete(call: Call, data: Data) -> Any:
    """The row goes first; whatever fails afterwards, the answer is 200."""
    call.require("canDeleteServices", "service")
    compose = compose_of(call.state, data["composeId"])
    if call.foreign(compose):
        raise Unauthorized("You are not authorized to delete this compose")
    answer = look(call, compose)
    call.server.queue.clean(compose["composeId"])
    call.state.remove_service(compose)
    folder = call.state.code_folder(compose["appName"])
    folder.mkdir(parents=True, exist_ok=True)
    argv = command.delete_command(compose, volumes=data["deleteVolumes"])
    await docker(call.server, argv, cwd=folder, log=_ignore)
    shutil.rmtree(folder.parent, ignore_errors=True)
    shutil.rmtree(call.state.log_folder(compose["appName"]), ignore_errors=True)
    return answer


def _ignore(_line: str) -> None:
    """Nobody reads what a clean-up prints."""


async def _clean_queues(call: Call, data: Data) -> Any:
    call.server.queue.clean(data["composeId"])
    return {"success": True, "message": "Queues cleaned successfully"}


async def _cancel(call: Call, data: Data) -> Any:
    compose_of(call.state, data["composeId"])
    raise BadRequest("Deployment cancellation only available in cloud version")


async def _default_command(call: Call, data: Data) -> Any:
    return f"docker {command.deploy_line(compose_of(call.state, data['composeId']))}"


def _source(call: Call, compose: Document) -> str:
    if compose["sourceType"] == "raw":
        return str(compose["composeFile"])
    file = call.state.code_folder(compose["appName"]) / command.compose_path(compose)
    return file.read_text() if file.is_file() else ""


async def _converted(call: Call, data: Data) -> Any:
    compose = compose_of(call.state, data["composeId"])
    return labels.convert(call.state, compose, _source(call, compose))


async def _services(call: Call, data: Data) -> Any:
    """`cache` looks at the code folder, `fetch` makes it from the source first."""
    compose = compose_of(call.state, data["composeId"])
    file = call.state.code_folder(compose["appName"]) / command.compose_path(compose)
    if data["type"] == "fetch" and compose["sourceType"] == "raw":
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(compose["composeFile"])
    try:
        document = yaml12.load(file.read_text() if file.is_file() else "")
    except yaml12.YamlInvalid as error:
        raise ServerError(str(error)) from None
    if not isinstance(document, dict) or not isinstance(document.get("services"), dict):
        raise NotFound("Services not found")
    return list(document["services"])


async def _clear_deployments(call: Call, data: Data) -> Any:
    """The log files go, the records stay."""
    compose = _usable(call, data)
    for row in call.state.deployment.where(composeId=compose["composeId"]):
        deployments.log_file(call.state, row).unlink(missing_ok=True)
    return True


_TEXTS = {"title": OPTIONAL, "description": OPTIONAL}

PROCEDURES = (
    mutation("compose.deploy", _deploy, composeId=ID, **_TEXTS),
    mutation("compose.redeploy", partial(_deploy, again=True), composeId=ID, **_TEXTS),
    mutation("compose.stop", _stop, composeId=ID),
    mutation("compose.start", _start, composeId=ID),
    mutation("compose.delete", _delete, composeId=ID, deleteVolumes=Flag()),
    mutation("compose.cleanQueues", _clean_queues, composeId=ID),
    mutation("compose.cancelDeployment", _cancel, composeId=ID),
    mutation("compose.clearDeployments", _clear_deployments, composeId=ID),
    query("compose.getDefaultCommand", _default_command, composeId=ID),
    query("compose.getConvertedCompose", _converted, composeId=ID),
    query(
        "compose.loadServices", _services, composeId=ID, type=Choice(of=("fetch", "cache"), default="cache")
    ),
)
