import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import yaml

from tests.integration.project import Project, thrown_away
from tests.throwaway.engine import Engine
from tests.throwaway.owner import Mark

_ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Tiny:
    """A Compose file with one service that is built, and a volume."""

    place: Path
    image: str

    @property
    def base(self) -> Path:
        return self.place / "tiny.yml"

    @property
    def folder(self) -> Path:
        made = self.place / "generated"
        made.mkdir(exist_ok=True)
        return made

    def written(self, *, dockerfile: str = "", **changes: Any) -> Self:
        """The same, with more lines in its Dockerfile and other values in its service."""
        service = {
            "build": ".",
            "command": ["redis-server", "--save", ""],
            "init": True,
            "healthcheck": {"test": ["CMD", "redis-cli", "ping"], "interval": "200ms", "retries": 50},
            "volumes": ["kept:/data"],
        }
        content = {"services": {"tiny": service | changes}, "volumes": {"kept": {}}}
        self.base.write_text(yaml.safe_dump(content), encoding="utf-8")
        (self.place / "Dockerfile").write_text(f"FROM {self.image}\n{dockerfile}\n", encoding="utf-8")
        return self

    def project(self, engine: Engine, **more: Any) -> AbstractContextManager[Project]:
        folder = self.place / secrets.token_hex(4)
        folder.mkdir()
        return thrown_away(self.base, prefix="tiny", folder=folder, engine=engine, **more)


@dataclass(frozen=True)
class Run:
    """Another process that owns a project."""

    process: "subprocess.Popen[str]"
    mark: Mark
    reaper: int

    def started(self) -> None:
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "started\n"

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def kill_with_reaper(self) -> None:
        os.kill(self.reaper, signal.SIGKILL)
        self.kill()


@contextmanager
def run_of(tiny: Tiny) -> Iterator[Run]:
    """A process that starts the project and then waits for its own end."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.integration.lifecycle.owning", str(tiny.base), str(tiny.folder)],
        cwd=_ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            mark, reaper = process.stdout.readline().split(" ")
            yield Run(process=process, mark=Mark.parse(mark), reaper=int(reaper))
        finally:
            process.kill()
