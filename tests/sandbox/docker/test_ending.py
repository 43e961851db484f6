import asyncio
import inspect
import os
from pathlib import Path

import pytest

from sandbox import processes
from sandbox.docker import EngineDocker, ending

PATIENCE = 20
DEAF = "trap '' INT; echo ready; while :; do sleep 1; done"


@pytest.fixture
def host(alone: EngineDocker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> EngineDocker:
    """One whose `docker` hears no Ctrl-C."""
    program = tmp_path / "docker"
    program.write_text(f"#!/bin/sh\n{DEAF}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(ending, "_PATIENCE", 0.2)
    return alone


async def begin(host: EngineDocker, place: Path) -> asyncio.Task[int]:
    """A command that has set its trap."""
    ready = asyncio.Event()
    task = asyncio.create_task(host.run(["version"], cwd=place, env={}, log=lambda _: ready.set()))
    await ready.wait()
    return task


def test_a_command_that_does_not_listen_is_killed_when_it_is_given_up(
    host: EngineDocker, tmp_path: Path
) -> None:
    async def work() -> None:
        task = await begin(host, tmp_path)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert task.cancelled()

    asyncio.run(asyncio.wait_for(work(), PATIENCE))

    assert host.commands == 0


def test_a_command_that_does_not_listen_does_not_keep_the_sandbox_from_stopping(
    host: EngineDocker, tmp_path: Path
) -> None:
    async def work() -> int:
        task = await begin(host, tmp_path)
        await host.stop()
        return await task

    assert asyncio.run(asyncio.wait_for(work(), PATIENCE)) == -9


def test_ending_a_command_takes_less_than_the_daemon_is_given() -> None:
    given = inspect.signature(processes.end).parameters["patience"].default

    assert given / 2 >= ending._PATIENCE + ending._LAST  # servers and watch stop in this time, too
