"""Docker's own programs as judges of compose files; none of them needs a running Docker."""

import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

_SECONDS = 60
_PATH = "/usr/local/bin:/usr/bin:/bin"


def compose_program() -> list[str] | None:
    """Docker Compose: the toolchain's, else the machine's; `None` if there is none."""
    ours = Path(sys.executable).parent / "docker-compose"
    if ours.is_file():
        return [str(ours)]
    if alone := shutil.which("docker-compose"):
        return [alone]
    docker = shutil.which("docker")
    if docker is None:
        return None
    plugin = subprocess.run([docker, "compose", "version"], capture_output=True, check=False)
    return [docker, "compose"] if plugin.returncode == 0 else None


def swarm_program() -> str | None:
    """The docker command line, if it can read a file as `docker stack deploy` does (since Docker 23)."""
    docker = shutil.which("docker")
    if docker is None:
        return None
    told = subprocess.run(
        [docker, "stack", "config", "--help"], capture_output=True, text=True, check=False, timeout=_SECONDS
    )
    return docker if "--compose-file" in told.stdout else None


def compose_config(
    program: Sequence[str],
    folder: Path,
    *,
    texts: Sequence[tuple[str, str]],
    env_file: str = "",
    env: Mapping[str, str] | None = None,
    arguments: Sequence[str] = (),
) -> "subprocess.CompletedProcess[str]":
    """`docker compose config` in a folder as a stack's host has it: files, `.env`, and no other variables.

    Args:
        program: as `compose_program` gives it.
        folder: empty or used before; files are written to it.
        texts: name and text of each compose file, base first.
        env_file: text of `.env`.
        env: variables of the caller.
        arguments: further ones of `config`.
    """
    for name, text in (*texts, (".env", env_file)):
        (folder / name).write_text(text, encoding="utf-8")
    files = [word for name, _ in texts for word in ("-f", name)]
    return _run([*program, "-p", "x-abcdef", *files, "config", *arguments], folder, env or {})


def stack_config(
    docker: str, folder: Path, *, text: str, env: Mapping[str, str]
) -> "subprocess.CompletedProcess[str]":
    """`docker stack config`: reads a file as `docker stack deploy` does.

    Args:
        docker: the command line.
        folder: the file is written to it.
        text: of the compose file.
        env: its variables.
    """
    (folder / "docker-compose.yml").write_text(text, encoding="utf-8")
    return _run([docker, "stack", "config", "-c", "docker-compose.yml"], folder, env)


def _run(words: Sequence[str], folder: Path, env: Mapping[str, str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        list(words),
        cwd=folder,
        env={"PATH": _PATH, "HOME": str(folder), **env},
        stdin=subprocess.DEVNULL,
        check=False,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
    )
