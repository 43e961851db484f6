"""The programs that read compose files, as a stack's host has them: `strata verify` asks the same ones."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from strata.verify import programs

COMPOSE = Path(sys.executable).parent / "docker-compose"


def compose_config(
    folder: Path, *, text: str, env: str, arguments: tuple[str, ...] = ()
) -> subprocess.CompletedProcess[str]:
    """`docker compose config` in a folder as Dokploy leaves it: the file, `.env`, an empty environment."""
    return programs.compose_config(
        [str(COMPOSE)], folder, texts=[("docker-compose.yml", text)], env_file=env, arguments=arguments
    )


def stack_config(folder: Path, *, text: str, env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """`docker stack config`: reads the file as `docker stack deploy` does, without a daemon."""
    docker = programs.swarm_program()
    if docker is None:
        pytest.skip("no docker command line is installed that knows `docker stack config`")
    return programs.stack_config(docker, folder, text=text, env=env)
