"""The Docker side of one sandbox's life: ready before the daemon starts, filled once, emptied at the end."""

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from docker.errors import APIError, DockerException

from sandbox import daemon
from sandbox.docker import connection
from sandbox.docker.belongings import Belongings
from sandbox.docker.clearing import Clearing
from sandbox.docker.mirror import Mirror
from sandbox.docker.preparation import Preparation
from sandbox.docker.releases import SOURCES, Releases
from sandbox.docker.rows import app_of
from sandbox.environment import registry_mirror
from sandbox.errors import BuildFailed, EngineNotEmptied, EngineUnfit
from sandbox.folder import Engine, Folder
from sandbox.ports import remembered
from sandbox.store import Store
from sandbox.world import Ports

Say = Callable[[str], None]

_PLUGIN = "docker-compose"
_NO_MIRROR = "127.0.0.1:0"


def prepare(folder: Folder, say: Say) -> None:
    """Have an Engine that the sandbox can use, or say plainly why not; nothing else was begun yet.

    Raises:
        EngineUnfit: with what to do.
    """
    with contextlib.closing(connection.connect()) as client:
        if shutil.which("docker") is None:
            raise EngineUnfit(
                "An Engine answers, but there is no `docker` command on PATH: install Docker's command line"
                " (Debian: docker.io or docker-ce-cli)."
            )
        _provide_compose(folder)
        try:
            Preparation(client, folder.made_in_engine).prepare(say)
        except APIError as error:
            raise EngineUnfit(
                f"The Docker Engine refused to be prepared (swarm of one node, network): {error.explanation}"
            ) from None


def releases(folder: Folder, ports: Ports, say: Say) -> Releases:
    """What brings images into the sandbox's registry; it must run."""
    return Releases(Mirror(host=registry_mirror(ports)), _environment(folder), say=say)


def publish(folder: Folder, version: str, sources: Mapping[str, Path | None], say: Say) -> str:
    """Build one more version of the application into the registry; returns the commit that it carries.

    Args:
        folder: of the sandbox, which must run.
        version: the tag.
        sources: by service; `None` means the application's own.
        say: tells what takes its time.

    Raises:
        SandboxError: the sandbox does not run, runs nothing, or the build failed.
    """
    known = daemon.running(folder)
    if folder.engine is not Engine.DOCKER:
        raise BuildFailed(
            "The simulated engine runs nothing, so there is nothing to build. A tag for it is put into the"
            " registry by `POST /images` of the control endpoint (`strata sandbox status` shows it)."
        )
    chosen = {
        repository: sources.get(repository.rpartition("-")[2]) or source
        for repository, source in SOURCES.items()
    }
    return releases(folder, known, say).publish(version, sources=chosen)


def clear(folder: Folder, say: Say) -> list[str]:
    """Remove from the Engine what the sandbox made there, and undo what it changed: the end of its life.

    Args:
        folder: of the sandbox, which does not run any more.
        say: tells what was changed.

    Returns:
        What stays there, with the Engine's reason. The folder remembers it for the next time.

    Raises:
        EngineUnfit: no Engine answers.
    """
    try:
        with contextlib.closing(connection.connect()) as client:
            with _belongings(folder) as belongings:
                known = remembered(folder)
                mirror = Mirror(host=registry_mirror(known) if known else _NO_MIRROR)
                left = Clearing(client, belongings, mirror).clear(volumes=True, images=True)
            return left + Preparation(client, folder.made_in_engine).undo(say)
    except (DockerException, OSError) as error:
        raise EngineUnfit(f"The Docker Engine broke off: {error}") from None


def erase(folder: Folder, say: Say, *, force: bool) -> None:
    """Clear the Engine; the folder may be removed when this returns.

    Args:
        folder: of the sandbox, which does not run any more.
        say: tells what takes its time.
        force: leave in the Engine what cannot be removed now.

    Raises:
        EngineNotEmptied: something stays, and only the folder knows that it was this sandbox's.
    """
    try:
        left = clear(folder, say)
    except EngineUnfit as error:
        with _belongings(folder) as belongings:
            names = ", ".join(belongings.apps) or "images and the Engine's swarm, if the sandbox made it"
        left = [str(error), f"what was deployed there: {names}"]
    if left and not force:
        listed = "\n  ".join(left)
        raise EngineNotEmptied(
            f"The sandbox is not out of the Docker Engine:\n  {listed}\n{folder.root} is kept, which alone"
            " knows what was made. When the reason is gone: `strata sandbox down --erase` again;"
            " `strata sandbox down --erase --force` removes the folder and leaves the rest where it is."
        )
    for what in left:
        say(f"left in the Engine: {what}")


def tell_what_stays(folder: Folder, say: Say) -> None:
    """Say what goes on in the Engine without the sandbox."""
    with (
        contextlib.suppress(EngineUnfit),
        contextlib.closing(connection.connect()) as client,
        _belongings(folder) as belongings,
    ):
        own = [c for c in client.containers() if belongings.has_app(app_of(c.get("Labels") or {}))]
        if own:
            say(
                f"{len(own)} containers that it deployed go on in the Engine, for the next `up`;"
                " `strata sandbox down --erase` removes them with their data"
            )


@contextlib.contextmanager
def _belongings(folder: Folder) -> Iterator[Belongings]:
    store = Store(folder.store)
    try:
        yield Belongings(store)
    finally:
        store.close()


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
