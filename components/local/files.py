"""The compose files of this machine: which they are, and with which variables they are read."""

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from dotenv import dotenv_values

from model.errors import ComposeError
from model.layers import Layer, Stack
from model.local.reader import LocalCompose, Source, read
from model.local.service import Mount, Service

ROOT = Path(__file__).resolve().parents[2]
BASE, OVERRIDE = "docker-compose.yml", "docker-compose.override.yml"


def read_files(stack: Stack, *, env: Mapping[str, str], root: Path = ROOT) -> LocalCompose:
    """What the stack runs: `local` as `docker compose up` would, `ci` from the base alone.

    Args:
        stack: `local` or `ci`; ENV is its name whatever the environment says.
        env: the caller's environment, which comes before `.env`, as with Compose. COMPOSE_FILE, in either,
            names other files, as with Compose.
        root: where the files are.

    Raises:
        ComposeError: a file is missing or says something that is not understood.
    """
    here = _env_file(root)
    paths = _paths({**here, **env}, root)
    chosen = paths if stack.layer is Layer.LOCAL else paths[:1]
    sources = [Source(path=path, text=_text(path)) for path in chosen]
    # As Compose: what is beside the program comes before what is beside the files that COMPOSE_FILE names.
    compose = read(sources, {**_env_file(paths[0].parent), **here, **env, "ENV": stack.name})
    return compose if stack.layer is Layer.LOCAL else forgetful(compose)


def forgetful(compose: LocalCompose) -> LocalCompose:
    """The same services with their data in memory: nothing of a run is left for the next one."""
    services = {name: _in_memory(service) for name, service in compose.services.items()}
    return replace(compose, services=services, volumes=())


def _in_memory(service: Service) -> Service:
    mounts = {
        target: Mount(type="tmpfs", target=target) if mount.type == "volume" else mount
        for target, mount in service.volumes.items()
    }
    return service.model_copy(update={"volumes": mounts})


def _env_file(folder: Path) -> dict[str, str]:
    return {name: value for name, value in dotenv_values(folder / ".env").items() if value is not None}


def _paths(env: Mapping[str, str], root: Path) -> list[Path]:
    if named := env.get("COMPOSE_FILE"):
        separator = env.get("COMPOSE_PATH_SEPARATOR") or os.pathsep
        return [root / name for name in named.split(separator)]
    override = root / OVERRIDE
    return [root / BASE, *([override] if override.exists() else [])]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        said = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ComposeError(
            f"{path} cannot be read ({said}); nothing was changed. "
            f"Next: `git checkout {path.name}`, or correct COMPOSE_FILE"
        ) from None
