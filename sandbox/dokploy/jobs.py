"""What a job of the queue goes through whatever it deploys: record, log, terminal status."""

import os
import textwrap
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from sandbox.dokploy import deployments, dotenv
from sandbox.dokploy.call import Server
from sandbox.dokploy.errors import ApiError, ServerError
from sandbox.dokploy.gitsource import newest_commit
from sandbox.dokploy.queue import Job
from sandbox.dokploy.vault import Resolver
from sandbox.engine.protocol import Log
from sandbox.store import Document, Table


class StepFailed(ServerError):
    """A step of a deployment failed; its log says why."""


class LogFile:
    """A deployment's log: lines are appended as they come, also after the service was deleted."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __call__(self, line: str) -> None:
        """Append one line."""
        if self._path.parent.exists():
            with self._path.open("a") as file:
                file.write(line + "\n")


async def run_job(
    server: Server, job: Job, *, table: Table, status: str, work: Callable[[Document, Log], Awaitable[None]]
) -> None:
    """Take a service through one deployment; its settings are those of the moment the job starts.

    Args:
        server: the emulator.
        job: what was asked for.
        table: where the service is.
        status: name of the service's status column.
        work: the deployment itself; an `ApiError` ends it, its message goes into the log.
    """
    service = table.get(job.service_id)
    if service is None:
        return
    table.patch(job.service_id, **{status: "running"})
    row = deployments.begin(server.state, service, title=job.title, description=job.description)
    log = LogFile(deployments.log_file(server.state, row))
    await server.queue.hold(job)
    outcome = "done"
    try:
        await work(service, log)
    except ApiError as error:
        outcome = "error"
        if error.message:
            log(error.message)
        log("Error occurred ❌, check the logs for details.")
    deployments.finish(server.state, row["deploymentId"], outcome)
    if job.service_id in table:
        table.patch(job.service_id, **{status: outcome})
    if "composeId" in service and service["sourceType"] != "raw" and job.type == "deploy":
        await _name_after_commit(server, service, row["deploymentId"])


async def _name_after_commit(server: Server, compose: Document, deployment_id: str) -> None:
    """A git source's record gets its texts from the commit, after the terminal status can be seen."""
    commit = await newest_commit(server.state.code_folder(compose["appName"]))
    if commit is not None:
        title, description = commit.message, f"Commit: {commit.sha}"
        deployments.rename(server.state, deployment_id, title=title, description=description)


async def variables(server: Server, service: Document) -> dict[str, str]:
    """A service's variables: vault references of all three texts first, then the references between them.

    Raises:
        ApiError: one of them leads nowhere; nothing has been written then.
    """
    state = server.state
    environment = state.environment.get(service["environmentId"]) or {}
    project = state.project.get(str(environment.get("projectId"))) or {}
    resolver = Resolver(state, environment=environment, transport=server.vault_transport)
    projects = await resolver.resolve(project.get("env") or "")
    environments = await resolver.resolve(environment.get("env") or "")
    own = await resolver.resolve(service["env"] or "")
    if "composeId" in service:
        # beside the service's own text stand its names, and the folder of the host's docker credentials
        own = f"APP_NAME={service['appName']}\nCOMPOSE_PROJECT_NAME={service['appName']}\n{own}\n" + (
            "" if "DOCKER_CONFIG" in own else f"DOCKER_CONFIG={server.world.root / 'docker'}\n"
        )
    return dotenv.resolve(own, project=projects, environment=environments)


async def docker(
    server: Server, argv: list[str], *, cwd: Path, log: Log, exported: dict[str, str] | None = None
) -> int:
    """Run a command with an environment of its own: PATH and HOME, and what is exported."""
    own = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return await server.docker.run(argv, cwd=cwd, env={**own, **(exported or {})}, log=log)


def box(lines: list[str], *, width: int = 78) -> list[str]:
    """The framed summary that a compose deployment's log shows before Docker's own lines."""
    wrapped: list[Any] = [part for line in lines for part in textwrap.wrap(line, width - 2)]
    inner = ["", *wrapped, ""]
    return [
        "╔" + "═" * width + "╗",
        *(f"║ {line}{' ' * (width - 1 - len(line) - _wide(line))}║" for line in inner),
        "╚" + "═" * width + "╝",
    ]


def _wide(line: str) -> int:
    """How many cells more than characters a terminal needs for this line."""
    return sum(character in "🐳📂✅" for character in line)
