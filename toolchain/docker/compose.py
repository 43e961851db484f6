import os
from pathlib import Path

from toolchain import place
from toolchain.docker.client import Docker
from toolchain.errors import ToolchainError

_NAME = "docker-compose"


def provide(docker: Docker, *, program: Path, allowed: bool) -> str:
    """See to it that `docker compose` is known, and return its version.

    Args:
        docker: the command line.
        program: a Compose that can be put into its plugin folder.
        allowed: whether it may be: a person's own Docker is left as it is.

    Raises:
        ToolchainError: it is unknown, and may or can not be put there.
    """
    version = docker.compose_version()
    if version:
        return version
    if not allowed:
        raise ToolchainError(
            "the docker command does not know `docker compose`",
            todo="install the Compose plugin (https://docs.docker.com/compose/install/linux/)",
        )
    if not program.is_file():
        raise ToolchainError(f"{program} is missing", todo="run `make toolchain` first")
    place.program(program, at=plugins() / _NAME)
    version = docker.compose_version()
    if not version:
        raise ToolchainError(
            f"{plugins() / _NAME} was put there, and `docker compose version` still fails",
            todo="run `docker compose version` and read its words",
        )
    return version


def plugins() -> Path:
    """Return the folder in which the docker command looks for a user's plugins."""
    config = os.environ.get("DOCKER_CONFIG")
    return (Path(config) if config else Path.home() / ".docker") / "cli-plugins"
