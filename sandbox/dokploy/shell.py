"""Docker commands whose output a request waits for, with the words in which Node tells that one failed."""

from collections.abc import Sequence
from pathlib import Path

from sandbox.dokploy.call import Server
from sandbox.dokploy.errors import ServerError
from sandbox.dokploy.jobs import docker


async def output(
    server: Server, argv: Sequence[str], *, cwd: Path | None = None, before: str = "docker"
) -> list[str]:
    """What a command prints.

    Args:
        server: the emulator.
        argv: the words after `docker`.
        cwd: where it runs; by default the server's own folder.
        before: what stands before `argv` in the error.

    Raises:
        ServerError: the command fails, or the folder is not there.
    """
    if cwd is None:
        cwd = server.state.root
        cwd.mkdir(parents=True, exist_ok=True)
    if not cwd.exists():
        raise ServerError("spawn /bin/sh ENOENT")
    lines: list[str] = []
    if await docker(server, list(argv), cwd=cwd, log=lines.append) != 0:
        text = "\n".join([f"Command failed: {before} {' '.join(argv)}", *lines])
        raise ServerError(f"Command execution failed: {text}\n")
    return lines
