"""A login's process, seen from beside it: a `docker` that notes how it was started."""

import asyncio
import os
from pathlib import Path

from sandbox.docker import EngineDocker
from sandbox.docker.mirror import Mirror
from sandbox.world import World
from tests.sandbox.docker.fakes import FakeEngine

SECRET = "canary-7f3a"


def test_v1_a_password_reaches_docker_and_nobody_who_lists_processes(world: World, tmp_path: Path) -> None:
    program = tmp_path / "docker"
    program.write_text(
        "#!/bin/sh\n"
        f"cat /proc/$$/cmdline /proc/$$/environ | tr '\\0' ' ' > {tmp_path}/started\n"
        f"cat > {tmp_path}/read\n"
        "echo Login Succeeded\n"
    )
    program.chmod(0o755)
    host = EngineDocker(
        world,
        mirror=Mirror(host="127.0.0.1:5000"),
        config=tmp_path,
        address="unix:///nowhere",
        connect=FakeEngine,
    )
    lines: list[str] = []

    code = asyncio.run(
        host.run(
            ["login", "ghcr.io", "-u", "bot", "-p", SECRET],
            cwd=tmp_path,
            env={"PATH": f"{tmp_path}:{os.environ['PATH']}"},
            log=lines.append,
        )
    )

    assert (code, lines) == (0, ["Login Succeeded"])
    assert "login -u bot --password-stdin 127.0.0.1:5000" in (tmp_path / "started").read_text()
    assert SECRET not in (tmp_path / "started").read_text()
    assert (tmp_path / "read").read_text() == SECRET
