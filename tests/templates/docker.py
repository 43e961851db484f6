"""The programs that read compose files, as a stack's host has them."""

import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

COMPOSE = Path(sys.executable).parent / "docker-compose"


def compose_config(
    folder: Path, *, text: str, env: str, arguments: tuple[str, ...] = ()
) -> subprocess.CompletedProcess[str]:
    """`docker compose config` in a folder as Dokploy leaves it: the file, `.env`, an empty environment."""
    (folder / "docker-compose.yml").write_text(text)
    (folder / ".env").write_text(env)
    return subprocess.run(
        [str(COMPOSE), "-p", "x-abcdef", "-f", "docker-compose.yml", "config", *arguments],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder)},
        check=False,
        capture_output=True,
        text=True,
    )


def stack_config(folder: Path, *, text: str, env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """`docker stack config`: reads the file as `docker stack deploy` does, without a daemon."""
    docker = shutil.which("docker")
    if docker is None:
        pytest.skip("the docker command line is not installed")
    (folder / "docker-compose.yml").write_text(text)
    return subprocess.run(
        [docker, "stack", "config", "-c", "docker-compose.yml"],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder), **env},
        check=False,
        capture_output=True,
        text=True,
    )
