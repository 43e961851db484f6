"""A Compose project that one run owns: built, started, asked, and thrown away whole."""

import os
import re
import secrets
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml
from docker.errors import NotFound

from tests.integration.reaper import Reaper, watching
from tests.throwaway.engine import HOST, LABEL, Engine
from tests.throwaway.marking import override
from tests.throwaway.owner import Mark, Owner

_TAIL = 15
_NONE: Mapping[str, Any] = MappingProxyType({})
_BUILD_SECONDS = 900
_HEALTHY_SECONDS = 120
_COMMAND_SECONDS = 120


class ProjectError(Exception):
    """A project is not as it should be: what happened, the log lines that matter, what to do next."""


@dataclass(frozen=True, kw_only=True)
class Project:
    """The services of one run."""

    mark: Mark
    base: Path
    folder: Path
    engine: Engine
    reaper: Reaper

    @property
    def name(self) -> str:
        """Compose's name for it."""
        return self.mark.project

    def start(self) -> None:
        """Build the images, start all services, wait until all are healthy.

        Raises:
            ProjectError: an image cannot be built, or a service does not become healthy.
        """
        self._build()
        code, output = self._compose(
            "up", "--detach", "--wait", "--wait-timeout", str(_HEALTHY_SECONDS), seconds=_HEALTHY_SECONDS + 60
        )
        if code:
            raise ProjectError(self._why_not_healthy(output))

    def compose(self, *words: str) -> str:
        """Run a Compose command on this project and return what it printed.

        Raises:
            ProjectError: it failed.
        """
        code, output = self._compose(*words, seconds=_COMMAND_SECONDS)
        if code:
            raise ProjectError(f"`docker compose {' '.join(words)}` ended with {code}\n{_tail(output)}")
        return output

    def container(self, service: str) -> Any:
        """The service's container, as the engine sees it now."""
        labels = [f"com.docker.compose.project={self.name}", f"com.docker.compose.service={service}"]
        found = self.engine.client.containers.list(
            all=True, filters={"label": [*labels, "com.docker.compose.oneoff=False"]}
        )
        assert len(found) == 1, f"{service} has {len(found)} containers"
        return found[0]

    def address(self, service: str, port: int) -> str:
        """Where this machine reaches a published port now: Docker chooses another one at each start."""
        return published(self.container(service), port)

    def execute(self, service: str, *command: str) -> str:
        """Run a program in a service's container and return its output.

        Raises:
            ProjectError: it ended with another code than 0.
        """
        code, output = self.container(service).exec_run(list(command))
        if code:
            raise ProjectError(f"{command[0]} in {service} ended with {code}: {output.decode()}")
        return str(output.decode())

    def another(self, service: str, name: str, *, port: int, **environment: str) -> Any:
        """One more container of a service, beside the first, with some variables of its own.

        Args:
            service: whose image, networks and variables it has.
            name: what its container's name ends with.
            port: of the container, published where Docker chooses.
            **environment: what differs.
        """
        full = f"{self.name}-{name}"
        words = [f"--env={key}={value}" for key, value in environment.items()]
        self.compose(
            *("run", "--detach", "--no-deps", f"--name={full}", f"--publish=127.0.0.1::{port}", *words),
            service,
        )
        return self.engine.client.containers.get(full)

    def down(self) -> None:
        """Remove containers, networks, volumes and the images that were built.

        Raises:
            AssertionError: something stays; it is named.
        """
        self._compose("down", "--volumes", "--remove-orphans", "--timeout", "0", seconds=_COMMAND_SECONDS)
        self.engine.remove(self.mark)

    def _build(self) -> None:
        code, output = self._compose("build", seconds=_BUILD_SECONDS)
        if not code:
            return
        # the classic builder keeps the container of the step that failed
        for container in re.findall(r"---> Running in ([0-9a-f]{12})", output):
            with suppress(NotFound):
                self.engine.client.containers.get(container).remove(force=True, v=True)
        raise ProjectError(
            f"an image of {self.base.name} cannot be built\n{_tail(output)}\n"
            f"  → after a change: docker compose --file {self.base.name} build"
        )

    def _why_not_healthy(self, output: str) -> str:
        ill = [
            container
            for container in self.engine.client.containers.list(
                all=True, filters={"label": [f"{LABEL}={self.mark}"]}
            )
            if container.attrs["State"].get("Health", {}).get("Status") != "healthy"
            and container.attrs["State"]["Status"] != "created"
        ]
        if not ill:
            todo = f"docker compose --file {self.base.name} up; `make docker` makes what no registry gives"
            return f"{self.base.name} did not start\n{_tail(output)}\n  → {todo}"
        return "\n".join(_diagnosis(container, base=self.base.name) for container in ill)

    def _compose(self, *words: str, seconds: float) -> tuple[int, str]:
        command = [
            *_program(),
            *("--project-name", self.name, "--project-directory", str(self.base.parent)),
            *("--file", str(self.base), "--file", str(self.folder / "override.yml")),
            *("--env-file", str(self.folder / "env"), "--progress", "plain"),
            *words,
        ]
        with subprocess.Popen(
            command,
            # what else a shell holds is not this project's: COMPOSE_FILE, ENV, VERSION …
            env={name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
            | {"DOCKER_HOST": HOST},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            # Ctrl-C is for the run, which then ends its own command
            start_new_session=True,
        ) as process:
            try:
                with self.reaper.knows(process.pid):
                    output, _ = process.communicate(timeout=seconds)
            except subprocess.TimeoutExpired:
                process.kill()
                raise ProjectError(
                    f"`docker compose {words[0]}` did not end within {seconds:.0f} s\n"
                    f"  → docker compose --file {self.base.name} {words[0]}"
                ) from None
            except BaseException:
                process.kill()
                raise
        return process.returncode, output


@contextmanager
def thrown_away(
    base: Path,
    *,
    prefix: str,
    folder: Path,
    engine: Engine,
    publish: Mapping[str, int] = _NONE,
    variables: Mapping[str, str] = _NONE,
) -> Iterator[Project]:
    """A project of this process, not started yet; afterwards nothing of it is left, however this ends.

    Args:
        base: its Compose file, which stays as it is.
        prefix: what its name starts with.
        folder: an empty one, for generated files.
        engine: where it runs.
        publish: service → port that this machine is to reach.
        variables: values for the file's `${…}`.

    Raises:
        AssertionError: something of it could not be removed.
    """
    mark = Mark(project=f"{prefix}-{secrets.token_hex(4)}", owner=Owner.of(os.getpid()))
    marked = override(yaml.safe_load(base.read_text(encoding="utf-8")), mark, publish)
    (folder / "override.yml").write_text(yaml.safe_dump(marked), encoding="utf-8")
    (folder / "env").write_text("".join(f"{key}={value}\n" for key, value in variables.items()))
    with watching(mark, log=folder / "reaper.log") as reaper:
        project = Project(mark=mark, base=base, folder=folder, engine=engine, reaper=reaper)
        try:
            yield project
        finally:
            project.down()
            reaper.dismiss()


def published(container: Any, port: int) -> str:
    """Where this machine reaches a container's port."""
    container.reload()
    bindings = container.ports.get(f"{port}/tcp")
    assert bindings, f"{container.name} publishes no port {port}: it is {container.status}"
    return f"http://127.0.0.1:{bindings[0]['HostPort']}"


def _program() -> Sequence[str]:
    pinned = Path(sys.prefix) / "bin" / "docker-compose"
    return [str(pinned)] if pinned.exists() else ["docker", "compose"]


def _diagnosis(container: Any, *, base: str) -> str:
    service = container.labels["com.docker.compose.service"]
    state = container.attrs["State"]
    how = (
        f"ended with code {state['ExitCode']}"
        if state["Status"] == "exited"
        else f"is {state.get('Health', {}).get('Status', state['Status'])}"
    )
    checks = state.get("Health", {}).get("Log") or []
    last = [f"its health check said: {checks[-1]['Output']}"] if checks else []
    lines = container.logs(tail=_TAIL).decode(errors="replace")
    return (
        f"{service} {how}; the last it logged:\n{_tail(chr(10).join([lines.rstrip(), *last]))}\n"
        f"  → docker compose --file {base} up --build {service}"
    )


def _tail(output: str) -> str:
    return "\n".join(f"  | {line}" for line in output.strip().splitlines()[-_TAIL:])
