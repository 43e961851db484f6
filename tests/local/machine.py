"""The real engine and a real Docker: what a developer types, and where one looks afterwards."""

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.local import builds
from tests.model.plans import ROOT
from tests.templates.docker import COMPOSE

SECONDS = 600
COMPOSE_FILES = ("docker-compose.yml", "docker-compose.override.yml")
PORTS = ("BACKEND_PORT", "FRONTEND_PORT", "POSTGRES_PORT", "REDIS_PORT", "MINIO_PORT")


@dataclass(frozen=True, kw_only=True)
class Result:
    """One command's end; `output` is what a person sees of it."""

    code: int
    output: str

    def ok(self) -> "Result":
        """Itself, after it is sure that the command succeeded."""
        assert self.code == 0, f"exit code {self.code}:\n{self.output}"
        return self

    def refused(self) -> str:
        """Its output, after it is sure that it failed without a traceback."""
        assert self.code != 0, self.output
        assert "Traceback" not in self.output
        return self.output


@dataclass(kw_only=True)
class Machine:
    """A state folder, names and ports of a test's own.

    Attributes:
        place: the test's folder.
        files: where the compose files are.
        app: what all names begin with.
        environment: of every command; a test may change it.
    """

    place: Path
    files: Path
    app: str = field(default_factory=lambda: f"t{secrets.token_hex(4)}")
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        require_docker()
        (self.place / "state").mkdir(parents=True)
        self.project = self.place / "project"
        self.project.mkdir()
        content = yaml.safe_load((ROOT / "Pulumi.yaml").read_text(encoding="utf-8"))
        content["main"] = str(ROOT)
        content["runtime"]["options"]["virtualenv"] = str(ROOT / ".venv")
        content["config"]["app"]["default"] = self.app
        (self.project / "Pulumi.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "DOCKER_HOST") if name in os.environ}
        found = [str(self.files / name) for name in _names(self.files)]
        self.environment = {
            **kept,
            **dict(zip(PORTS, map(str, free_ports(len(PORTS))), strict=True)),
            "COMPOSE_FILE": os.pathsep.join(found),
            "PULUMI_BACKEND_URL": f"file://{self.place / 'state'}",
            "PULUMI_CONFIG_PASSPHRASE": "throwaway",
            "PULUMI_HOME": str(ROOT / ".toolchain" / "pulumi-home"),
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            **self.environment,
        }

    # What a developer types ------------------------------------------------------------------------

    def up(self, stack: str = "local", *options: str, **variables: str) -> Result:
        """`pulumi up`, without the preview in front of it."""
        return self._stack("up", stack, "--yes", "--skip-preview", *options, **variables)

    def preview(self, stack: str = "local", *options: str, **variables: str) -> Result:
        """`pulumi preview`."""
        return self._stack("preview", stack, *options, **variables)

    def destroy(self, stack: str = "local") -> Result:
        """`pulumi destroy`."""
        return self._stack("destroy", stack, "--yes", "--skip-preview")

    def outputs(self, stack: str = "local") -> dict[str, Any]:
        """`pulumi stack output`."""
        told = self._run(["pulumi", "stack", "output", "--json", "--stack", stack], {})
        found: dict[str, Any] = json.loads(told.ok().output)
        return found

    def compose(self, *words: str, **variables: str) -> Result:
        """`docker compose` on the same files, as the project of this machine's name."""
        return self._run([str(COMPOSE), "-p", self.app, *words], variables)

    def start(self, verb: str, *options: str, stack: str = "local") -> "subprocess.Popen[bytes]":
        """A `pulumi` command that goes on, in a process group of its own."""
        self._run(["pulumi", "stack", "init", stack, "--non-interactive"], {}).ok()
        return subprocess.Popen(
            ["pulumi", verb, "--stack", stack, "--non-interactive", *options],
            cwd=self.project,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def kill(self, process: "subprocess.Popen[bytes]") -> None:
        """The engine, its plugins and the program, at once."""
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=SECONDS)

    def cancel(self, stack: str = "local") -> Result:
        """`pulumi cancel`: the lock of a run that is over."""
        return self._run(["pulumi", "cancel", "--yes", "--stack", stack, "--non-interactive"], {}).ok()

    def lose_state(self) -> None:
        """As if the machine's state folder had been thrown away."""
        shutil.rmtree(self.place / "state")
        (self.place / "state").mkdir()

    # Where one looks afterwards --------------------------------------------------------------------

    def name(self, service: str, stack: str = "local") -> str:
        """Of a service's container, as Pulumi makes it."""
        return f"{self.app}-{stack}-{service}"

    def inspected(self, name: str) -> dict[str, Any]:
        """`docker inspect` of a container."""
        (found,) = json.loads(docker("inspect", "--type", "container", name))
        return dict(found)

    def composed(self, service: str) -> dict[str, Any]:
        """The same of a container that Compose made."""
        return self.inspected(f"{self.app}-{service}-1")

    def image(self, name: str) -> dict[str, Any]:
        """`docker inspect` of an image."""
        (found,) = json.loads(docker("inspect", "--type", "image", name))
        return dict(found)

    def left(self, stack: str = "") -> list[str]:
        """Containers, networks, volumes and images of this machine, running or not."""
        start = f"{self.app}-{stack}" if stack else self.app
        listed = {
            "container": docker("ps", "--all", "--format", "{{.Names}}"),
            "network": docker("network", "ls", "--format", "{{.Name}}"),
            "volume": docker("volume", "ls", "--format", "{{.Name}}"),
            "image": docker("images", "--format", "{{.Repository}}:{{.Tag}}"),
        }
        return [
            f"{kind} {name}"
            for kind, text in listed.items()
            for name in text.split()
            if name.startswith(start)
        ]

    def clear(self) -> None:
        """Remove whatever a test left, by its names."""
        removals = {
            "container": ["rm", "--force", "--volumes"],
            "network": ["network", "rm"],
            "volume": ["volume", "rm"],
            "image": ["rmi", "--force"],
        }
        for found in self.left():
            kind, _, name = found.partition(" ")
            subprocess.run(["docker", *removals[kind], name], check=False, capture_output=True)
        for log in builds.FOLDER.glob(f"{self.app}-*.log"):
            log.unlink()

    # -------------------------------------------------------------------------------------------------

    def _stack(self, verb: str, stack: str, *options: str, **variables: str) -> Result:
        state = self.place / "state" / ".pulumi" / "stacks" / "finance-report" / f"{stack}.json"
        if not state.exists():
            self._run(["pulumi", "stack", "init", stack, "--non-interactive"], {}).ok()
        return self._run(["pulumi", verb, "--stack", stack, "--non-interactive", *options], variables)

    def _run(self, words: Sequence[str], variables: Mapping[str, str]) -> Result:
        given = {**self.environment, **variables}
        done = subprocess.run(
            words,
            cwd=self.project,
            env={name: value for name, value in given.items() if value},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        return Result(code=done.returncode, output=done.stdout + done.stderr)


def docker(*words: str) -> str:
    """A `docker` command's output."""
    done = subprocess.run(["docker", *words], check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, f"`docker {' '.join(words)}` ended with {done.returncode}: {done.stderr}"
    return done.stdout


def require_docker() -> None:
    """Fail in one sentence where no Engine answers."""
    try:
        done = subprocess.run(["docker", "version"], check=False, capture_output=True, text=True, timeout=60)
        said = done.stderr.strip() if done.returncode else ""
    except FileNotFoundError:
        said = "there is no `docker` on PATH"
    if said:
        pytest.fail(f"no Docker Engine answers: {said}\n  → make docker", pytrace=False)


def wait_until(happened: Callable[[], bool]) -> None:
    """Look ten times a second, for a minute."""
    limit = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < limit, "it has not happened within a minute"
        time.sleep(0.1)


def free_ports(count: int) -> list[int]:
    """Ports of this machine that nothing listens on."""
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def copied(files: Path, place: Path) -> Path:
    """A copy of compose files and sources that a test may change."""
    return Path(shutil.copytree(files, place))


def application_files(place: Path) -> Path:
    """The repository's own compose files and what they build, without what the builds do not take."""
    for name in COMPOSE_FILES:
        place.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, place / name)
    unwanted = shutil.ignore_patterns("node_modules", "dist", "__pycache__", ".*_cache")
    shutil.copytree(ROOT / "apps", place / "apps", ignore=unwanted)
    return place


def _names(files: Path) -> list[str]:
    return [name for name in COMPOSE_FILES if (files / name).exists()] or [COMPOSE_FILES[0]]
