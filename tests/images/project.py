"""A Compose project of a test's own, on the real Engine."""

import json
import os
import secrets
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

from tests.strata.conftest import ROOT
from tests.throwaway.engine import LABEL
from tests.throwaway.marking import override
from tests.throwaway.owner import Mark, Owner

WAIT = ("up", "--detach", "--wait", "--wait-timeout", "180")


def docker(
    *arguments: str, check: bool = True, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a docker command; what it printed is the failure."""
    done = subprocess.run(
        ["docker", *arguments], check=False, capture_output=True, text=True, env={**os.environ, **(env or {})}
    )
    assert done.returncode == 0 or not check, f"docker {' '.join(arguments)}\n{done.stdout}{done.stderr}"
    return done


@dataclass(frozen=True)
class Project:
    """Services of compose files, under a name that nobody else has.

    Attributes:
        mark: its name, and whose it is.
        files: the compose files.
        env: what they are filled in with.
    """

    mark: Mark
    files: Sequence[Path]
    env: Mapping[str, str]

    @property
    def name(self) -> str:
        """Compose's name for it."""
        return self.mark.project

    def compose(
        self, *arguments: str, check: bool = True, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        files = [word for file in self.files for word in ("--file", str(file))]
        return docker(
            *("compose", "--project-name", self.name, "--project-directory", str(ROOT), *files, *arguments),
            check=check,
            env={**self.env, **(env or {})},
        )

    def up(self, *services: str, env: Mapping[str, str] | None = None) -> None:
        """Start services and wait for their health checks; on failure with their last lines."""
        done = self.compose(*WAIT, *services, check=False, env=env)
        if done.returncode:
            logs = self.compose("logs", "--no-color", "--tail", "20", check=False).stdout
            raise AssertionError(f"{done.stderr}\n{logs}")

    def run(self, service: str, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a program in a service's container."""
        return self.compose("exec", "--no-TTY", service, *words, check=check)

    def address(self, service: str, port: int) -> str:
        """Where the host reaches a published port."""
        return self.compose("port", service, str(port)).stdout.strip()

    def container(self, service: str) -> dict[str, object]:
        """What the Engine says of a service's container."""
        identity = self.compose("ps", "--all", "--quiet", service).stdout.strip()
        found: list[dict[str, object]] = json.loads(docker("inspect", identity).stdout)
        return found[0]


def new_mark() -> Mark:
    """A name that nobody else has, of this process: what it leaves if it is killed, the next run removes."""
    return Mark(project=f"strata-images-{secrets.token_hex(4)}", owner=Owner.of(os.getpid()))


def label(mark: Mark) -> str:
    """The label by which what has the mark is found."""
    return f"{LABEL}={mark}"


@contextmanager
def project(
    folder: Path, file: Path, *, mark: Mark, publish: Mapping[str, int], env: Mapping[str, str]
) -> Iterator[Project]:
    """A project that leaves nothing behind.

    Args:
        folder: for the file that marks all of it and publishes ports.
        file: the compose file as it is shipped.
        mark: its name, and whose it is.
        publish: service to port, reached from the host on loopback.
        env: what the file is filled in with.
    """
    marked = folder / "marked.compose.yaml"
    content = override(yaml.safe_load(file.read_text(encoding="utf-8")), mark, publish)
    marked.write_text(yaml.safe_dump(content), encoding="utf-8")
    it = Project(mark, files=[file, marked], env=env)
    try:
        yield it
    finally:
        it.compose("down", "--volumes", "--remove-orphans", "--timeout", "5", check=False)
