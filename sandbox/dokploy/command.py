"""The `docker` command lines of a compose service."""

import shlex
from pathlib import PurePosixPath

from sandbox.dokploy.errors import ServerError
from sandbox.store import Document

_FORBIDDEN = set(";|`$(){}<>\n\r\\")


class CommandInvalid(ServerError):
    """A custom command that the server does not run."""


def compose_path(compose: Document) -> str:
    """The compose file inside the code folder; a raw service's path setting is ignored."""
    return "docker-compose.yml" if compose["sourceType"] == "raw" else str(compose["composePath"])


def env_path(compose: Document) -> PurePosixPath:
    """The `.env` inside the code folder: beside the compose file."""
    return PurePosixPath(compose_path(compose)).parent / ".env"


def deploy_line(compose: Document) -> str:
    """The command of a deployment, as the API and the log show it, without the word `docker`."""
    if compose["command"]:
        return str(compose["command"]).strip()
    app, path = compose["appName"], compose_path(compose)
    if compose["composeType"] == "stack":
        return f"stack deploy -c {path} {app} --prune --with-registry-auth"
    return f"compose -p {app} -f {path} up -d --build --remove-orphans"


def deploy_commands(compose: Document) -> list[list[str]]:
    """The words after `docker` of each command of a deployment.

    Raises:
        CommandInvalid: a custom command holds shell syntax other than `&& docker compose …`.
    """
    line = deploy_line(compose)
    if _FORBIDDEN & set(line):
        raise CommandInvalid("Invalid command: it contains characters that are not allowed")
    first, *others = (part.strip() for part in line.split("&&"))
    if any(not other.startswith("docker compose ") for other in others):
        raise CommandInvalid("Invalid command: only `docker compose` commands can be chained with &&")
    return [shlex.split(first), *(shlex.split(other)[1:] for other in others)]


def start_command(compose: Document) -> list[str]:
    """What `compose.start` runs for type docker-compose; a stack's start runs nothing."""
    return ["compose", "-p", compose["appName"], "-f", compose_path(compose), "up", "-d"]


def stop_command(compose: Document) -> list[str]:
    """What `compose.stop` runs; a stack is removed."""
    if compose["composeType"] == "stack":
        return ["stack", "rm", compose["appName"]]
    return ["compose", "-p", compose["appName"], "-f", compose_path(compose), "stop"]


def delete_command(compose: Document, *, volumes: bool) -> list[str]:
    """What `compose.delete` runs; a stack keeps its volumes whatever is asked."""
    if compose["composeType"] == "stack":
        return ["stack", "rm", compose["appName"]]
    extra = ["--volumes"] if volumes else []
    return ["compose", "-p", compose["appName"], "down", *extra, "--remove-orphans"]
