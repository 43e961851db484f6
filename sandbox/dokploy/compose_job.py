"""One deployment of a compose service, step by step as the real server does it.

The code folder is emptied before anything can fail, and `.env` is written last: whatever stops in between
leaves containers running beside a folder from which `compose.start` would recreate them with empty variables
(measured 2026-11-23).
"""

from pathlib import Path

from sandbox.dokploy import dotenv, gitsource, labels
from sandbox.dokploy.call import Server
from sandbox.dokploy.command import compose_path, deploy_commands, deploy_line, env_path
from sandbox.dokploy.jobs import StepFailed, box, docker, run_job, variables
from sandbox.dokploy.queue import Job
from sandbox.engine.protocol import Log
from sandbox.store import Document


async def deploy_compose(server: Server, job: Job) -> None:
    """Do one job of the queue."""

    async def work(compose: Document, log: Log) -> None:
        await _fetch(server, compose, job, log)
        await _bring_up(server, compose, log)

    await run_job(server, job, table=server.state.compose, status="composeStatus", work=work)


async def _fetch(server: Server, compose: Document, job: Job, log: Log) -> None:
    """Put the source into the code folder; a redeploy of a git source takes what is there."""
    folder = server.state.code_folder(compose["appName"])
    if compose["sourceType"] == "raw":
        gitsource.empty(folder)
        (folder / "docker-compose.yml").write_bytes(compose["composeFile"].encode())
        log("File 'docker-compose.yml' created: ✅")
    elif job.type == "redeploy":
        folder.mkdir(parents=True, exist_ok=True)
    elif compose["sourceType"] == "git":
        await gitsource.clone(
            url=compose["customGitUrl"],
            ref=compose["customGitBranch"],
            folder=folder,
            shown=f"/etc/dokploy/compose/{compose['appName']}/code",
            log=log,
        )
    else:
        gitsource.empty(folder)
        raise StepFailed(f"Error: ❌ {str(compose['sourceType']).capitalize()} Provider not found")


async def _bring_up(server: Server, compose: Document, log: Log) -> None:
    folder = server.state.code_folder(compose["appName"])
    values = await variables(server, compose)
    commands = deploy_commands(compose)
    mounts = server.state.mount.where(composeId=compose["composeId"])
    for line in box(
        [
            f"App Name: {compose['appName']}",
            "Build Compose 🐳",
            f"Detected: {len(mounts)} mounts 📂",
            f"Command: docker {deploy_line(compose)}",
            f"Source Type: docker {compose['sourceType']} ✅",
            f"Compose Type: {compose['composeType']} ✅",
        ]
    ):
        log(line)
    _write_compose_file(server, compose, folder)
    exported = _write_env(compose, values, folder)
    for argv in commands:
        if await docker(server, argv, cwd=folder, log=log, exported=exported) != 0:
            log("Error: ❌ Docker command failed")
            raise StepFailed("")
    log("Docker Compose Deployed: ✅")


def _write_compose_file(server: Server, compose: Document, folder: Path) -> None:
    file = folder / compose_path(compose)
    there = file.is_file() and file.resolve().is_relative_to(folder.resolve())
    text = file.read_text() if there else ""
    if not text.strip():
        raise StepFailed("❌ Error: Compose file not found")
    try:
        file.write_text(labels.convert(server.state, compose, text))
    except labels.ComposeFileInvalid as error:
        raise StepFailed(f"❌ Has occurred an error: {error.message}") from None


def _write_env(compose: Document, values: dict[str, str], folder: Path) -> dict[str, str]:
    """Write `.env`, and return what the command gets exported: a stack's variables that have a value."""
    stack = compose["composeType"] == "stack"
    if compose["createEnvFile"]:
        text = dotenv.plain_file(values) if stack else dotenv.quoted_file(values)
        path = folder / env_path(compose)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(f"{text}\n".encode())
    return {name: value for name, value in values.items() if value} if stack else {}
