"""Checkouts by the real `git`: one branch or tag, one commit deep, into a folder that is emptied first."""

import asyncio
import os
import shutil
from asyncio.subprocess import DEVNULL, PIPE, STDOUT
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from sandbox.dokploy.errors import ServerError
from sandbox.engine.protocol import Log


class CloneFailed(ServerError):
    """There is no checkout; the reason is in the deployment's log already, or is this message."""


@dataclass(frozen=True, kw_only=True)
class Commit:
    """The newest commit of a checkout: its whole message and its hash."""

    message: str
    sha: str


def empty(folder: Path) -> None:
    """Remove what an earlier deployment left."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


async def clone(*, url: str | None, ref: str | None, folder: Path, shown: str, log: Log) -> None:
    """Clone into an emptied folder.

    Args:
        url: http or https; credentials in it stand in the log, as on the real server.
        ref: a branch's or tag's name; commits and `refs/…` do not clone (measured 2026-11-23).
        folder: where to.
        shown: how the log names the folder.
        log: takes git's output.

    Raises:
        CloneFailed: without a checkout; the folder is empty then.
    """
    empty(folder)
    if not url or not ref:
        raise CloneFailed("Error: Repository not found")
    if urlsplit(url).scheme not in ("http", "https"):
        raise CloneFailed(
            "Error: you are trying to clone a ssh repository without a ssh key, please set a ssh key"
        )
    log(f"Cloning Repo Custom {url} to {shown}: ✅")
    log(f"Cloning into '{shown}'...")
    status, output = await _git(["clone", "--quiet", "--branch", ref, "--depth", "1", url, str(folder)])
    for line in output.replace(str(folder), shown).splitlines():
        log(line)
    if status != 0:
        empty(folder)
        log(f"❌ [ERROR] Fail to clone the repository {url}")
        raise CloneFailed("")


async def newest_commit(folder: Path) -> Commit | None:
    """What is checked out, `None` without a checkout."""
    if not (folder / ".git").exists():
        return None
    status, output = await _git(["-C", str(folder), "log", "-1", "--format=%H%n%B"])
    sha, _, message = output.partition("\n")
    return Commit(message=message.strip(), sha=sha) if status == 0 else None


async def _git(argv: Sequence[str]) -> tuple[int, str]:
    """Run git without anybody's configuration and without asking for anything."""
    env = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
    }
    process = await asyncio.create_subprocess_exec(
        "git", "-c", "advice.detachedHead=false", *argv, stdin=DEVNULL, stdout=PIPE, stderr=STDOUT, env=env
    )
    try:
        output, _ = await process.communicate()
    except asyncio.CancelledError:
        process.kill()
        raise
    return process.returncode or 0, output.decode(errors="replace")
