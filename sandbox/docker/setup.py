"""The Docker side of one sandbox's life: ready before the daemon starts, filled once, emptied at the end."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from docker.errors import APIError

from sandbox.docker import connection
from sandbox.docker.belongings import Belongings
from sandbox.docker.clearing import Clearing
from sandbox.docker.mirror import Mirror
from sandbox.docker.preparation import Preparation
from sandbox.docker.releases import Releases
from sandbox.environment import registry_mirror
from sandbox.errors import EngineUnfit
from sandbox.folder import Folder
from sandbox.ports import remembered
from sandbox.store import Store
from sandbox.world import Ports

Say = Callable[[str], None]

_PLUGIN = "docker-compose"


def prepare(folder: Folder, say: Say) -> None:
    """Have an Engine that the sandbox can use, or say plainly why not; nothing else was begun yet.

    Raises:
        EngineUnfit: with what to do.
    """
    client = connection.connect()
    if shutil.which("docker") is None:
        raise EngineUnfit(
            "An Engine answers, but there is no `docker` command on PATH: install Docker's command line"
            " (Debian: docker.io or docker-ce-cli)."
        )
    _provide_compose(folder)
    try:
        Preparation(client, folder.docker_host).prepare(say)
    except APIError as error:
        raise EngineUnfit(
            f"The Docker Engine refused to be prepared (swarm of one node, network): {error.explanation}"
        ) from None


def releases(folder: Folder, ports: Ports, say: Say) -> Releases:
    """What brings images into the sandbox's registry; it must run."""
    return Releases(Mirror(host=registry_mirror(ports)), _environment(folder), say=say)


def clear(folder: Folder, say: Say, *, volumes: bool) -> None:
    """Remove what the sandbox made in the Engine and undo what it changed; for the end of its life.

    Args:
        folder: of the sandbox, which does not run any more.
        say: tells what takes its time.
        volumes: the data, too.

    Raises:
        EngineUnfit: no Engine answers.
    """
    client = connection.connect()
    known = remembered(folder)
    store = Store(folder.store)
    try:
        mirror = Mirror(host=registry_mirror(known) if known else "127.0.0.1:0")
        clearing = Clearing(client, Belongings(store), mirror)
        for name in clearing.clear(volumes=volumes, images=volumes):
            say(f"left in the Engine: {name}")
    finally:
        store.close()
    if volumes:
        Preparation(client, folder.docker_host).undo(say)


def _environment(folder: Folder) -> dict[str, str]:
    return {"DOCKER_CONFIG": str(folder.docker_host), "DOCKER_HOST": connection.address()}


def _provide_compose(folder: Folder) -> None:
    """Have `docker compose` with the sandbox's own configuration: the system's plugin, or the project's."""
    words = ["docker", "compose", "version"]
    environment = {**_path(), **_environment(folder)}
    if _answers(words, environment):
        return
    program = Path(sys.executable).parent / _PLUGIN
    found = str(program) if program.exists() else shutil.which(_PLUGIN)
    if found is not None:
        plugins = folder.docker_host / "cli-plugins"
        plugins.mkdir(parents=True, exist_ok=True)
        link = plugins / _PLUGIN
        link.unlink(missing_ok=True)
        link.symlink_to(found)
    if not _answers(words, environment):
        raise EngineUnfit(
            "`docker compose` is not there: install Docker's Compose plugin (version 2 or newer), or"
            " `make toolchain`, which brings one."
        )


def _path() -> dict[str, str]:
    return {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}


def _answers(words: list[str], environment: dict[str, str]) -> bool:
    done = subprocess.run(words, env=environment, capture_output=True, check=False)
    return done.returncode == 0
