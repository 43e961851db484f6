"""This machine's Docker, through its own command line, which knows its contexts, sockets and SSH."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pulumi

# What the plan is measured with; older ones lack parts of a health check and of the network's answers.
OLDEST_API = (1, 41)
SECONDS = 60.0
_UNKNOWN = re.compile(r"no such|network \S+ not found", re.IGNORECASE)
_BACK = "; `docker version` tells whether it is back"

Runner = Callable[[Sequence[str], float], subprocess.CompletedProcess[str]]


def run_docker(words: Sequence[str], seconds: float) -> subprocess.CompletedProcess[str]:
    """One `docker` command; its two streams are one, as a person sees them, when it is asked for logs."""
    return subprocess.run(
        ["docker", *words],
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT if words[0] == "logs" else subprocess.PIPE,
        text=True,
        errors="replace",
        timeout=seconds,
    )


class EngineSilent(pulumi.RunError):
    """Docker has not answered a question: what it was asked and what it said instead, without a full stop."""


@dataclass(frozen=True, kw_only=True)
class Container:
    """What Docker says of a container.

    Attributes:
        name: without the slash that Docker puts in front.
        state: `created`, `running`, `exited` and so on.
        health: `starting`, `healthy`, `unhealthy`; `None` where nothing checks it.
        exit_code: of its last end.
        restarts: how often Docker has started it again.
        labels: its own and its image's.
        ports: of the host, that lead into it.
        last_check: what its last health check printed.
    """

    name: str
    state: str
    health: str | None
    exit_code: int
    restarts: int
    labels: Mapping[str, str]
    ports: frozenset[int]
    last_check: str

    @classmethod
    def parse(cls, inspected: Mapping[str, Any]) -> "Container":
        """Read one element of `docker inspect`."""
        state = inspected["State"]
        health = state.get("Health") or {}
        checks = health.get("Log") or [{}]
        bindings = (inspected.get("HostConfig") or {}).get("PortBindings") or {}
        return cls(
            name=inspected["Name"].lstrip("/"),
            state=state["Status"],
            health=health.get("Status") if health.get("Status") != "none" else None,
            exit_code=state.get("ExitCode", 0),
            restarts=inspected.get("RestartCount", 0),
            labels=inspected["Config"].get("Labels") or {},
            ports=frozenset(
                int(binding["HostPort"])
                for found in bindings.values()
                for binding in found or ()
                if binding.get("HostPort", "").isdecimal()
            ),
            last_check=str(checks[-1].get("Output", "")).strip(),
        )

    @property
    def well(self) -> bool:
        """Whether it does what it is for, as far as anyone checks."""
        return self.state == "running" and self.health in {None, "healthy"}


@dataclass(frozen=True, kw_only=True)
class Engine:
    """A Docker Engine that answers.

    Attributes:
        host: its address, for programs that know no contexts, such as pulumi-docker.
        run: runs a `docker` command.
    """

    host: str
    run: Runner = field(default=run_docker, repr=False, compare=False)

    def containers(self, *filters: str) -> list[Container]:
        """All that there are, running or not; `filters` as `docker ps` takes them."""
        chosen = [word for text in filters for word in ("--filter", text)]
        ids = self._ask("ps", "--all", "--quiet", "--no-trunc", *chosen).split()
        if not ids:
            return []
        # One that has gone meanwhile is left out; the rest is told all the same.
        told = self._ask("inspect", "--type", "container", *ids)
        return [Container.parse(one) for one in json.loads(told or "[]")]

    def container(self, name: str) -> Container | None:
        """One by its name; `None`: Docker knows none."""
        found = json.loads(self._ask("inspect", "--type", "container", name) or "[]")
        return Container.parse(found[0]) if found else None

    def log(self, name: str, *, lines: int) -> list[str]:
        """The last lines that a container has printed, as far as Docker has them."""
        try:
            told = self.run(["logs", "--tail", str(lines), name], SECONDS)
        except subprocess.TimeoutExpired:
            return []
        return told.stdout.splitlines() if told.returncode == 0 else []

    def networks(self, label: str) -> list[str]:
        """Names of the networks that carry a label."""
        return self._ask("network", "ls", "--format", "{{.Name}}", "--filter", f"label={label}").split()

    def labels(self, kind: str, names: AbstractSet[str]) -> dict[str, Mapping[str, str]]:
        """Of those of these networks or volumes that are there."""
        there = set(self._ask(kind, "ls", "--format", "{{.Name}}").split())
        if not there & names:
            return {}
        told = self._ask(kind, "inspect", *sorted(there & names))
        return {one["Name"]: one["Labels"] or {} for one in json.loads(told or "[]")}

    def remove_container(self, name: str) -> None:
        """One by its name, with its volumes that have none."""
        self._ask("rm", "--force", "--volumes", name)

    def remove(self, label: str) -> list[str]:
        """Containers, with the volumes that have no name, and networks that carry a label.

        Returns:
            What is still there afterwards, as `container x`.

        Raises:
            EngineSilent: nobody knows what is there.
        """
        chosen = ("--filter", f"label={label}")
        for listing, removal in (
            (("ps", "--all", "--quiet"), ("rm", "--force", "--volumes")),
            (("network", "ls", "--quiet"), ("network", "rm")),
        ):
            # What was not removed is found by the look afterwards, whatever Docker said of it.
            if found := self._ask(*listing, *chosen).split():
                with suppress(EngineSilent):
                    self._ask(*removal, *found)
        left = self._ask("ps", "--all", "--format", "{{.Names}}", *chosen).split()
        return [f"container {name}" for name in left] + [f"network {name}" for name in self.networks(label)]

    def _ask(self, *words: str) -> str:
        """What Docker prints; what it does not know is left out.

        `docker inspect` prints `[]` for what is not there and for a Docker that is not there: only the other
        stream tells them apart (measured 2026-11-23).
        """
        command = f"`docker {' '.join(words[: 2 if words[0] in {'network', 'volume'} else 1])}`"
        try:
            told = self.run(words, SECONDS)
        except subprocess.TimeoutExpired:
            raise EngineSilent(f"Docker has not answered {command} within {SECONDS:.0f} s{_BACK}") from None
        faults = [line.strip() for line in told.stderr.splitlines() if line.strip()]
        if told.returncode != 0 and not (faults and all(map(_UNKNOWN.search, faults))):
            said = faults[-1] if faults else "it did not say why"
            raise EngineSilent(f"Docker does not answer {command} ({said}){_BACK}")
        return told.stdout


def find_engine(
    *,
    which: Callable[[str], str | None] = shutil.which,
    run: Runner = run_docker,
    env: Mapping[str, str] = os.environ,
) -> Engine:
    """The Engine that `docker` on this machine talks to.

    Args:
        which: finds a program on PATH.
        run: runs a `docker` command.
        env: names another Engine by DOCKER_HOST.

    Raises:
        pulumi.RunError: there is none, it does not answer, or it is too old; nothing was changed.
    """
    if which("docker") is None:
        raise pulumi.RunError(
            "Docker is not installed here: there is no `docker` on PATH, and this stack runs on it. Nothing "
            "was changed. Next: install Docker Engine or Docker Desktop, then run it again."
        )
    try:
        context = run(["context", "inspect", "--format", "{{.Endpoints.docker.Host}}"], SECONDS)
        told = run(["version", "--format", "{{json .}}"], SECONDS)
    except subprocess.TimeoutExpired:
        raise pulumi.RunError(
            f"Docker has not answered within {SECONDS:.0f} s. Nothing was changed. "
            "Next: `docker version`; when that hangs too, restart Docker."
        ) from None
    host = context.stdout.strip() if context.returncode == 0 else env.get("DOCKER_HOST", "")
    server = (json.loads(told.stdout) or {}).get("Server") if told.stdout.strip() else None
    if told.returncode != 0 or not server:
        said = next((line for line in reversed(told.stderr.splitlines()) if line.strip()), "it said nothing")
        raise pulumi.RunError(
            f"Docker does not answer at {host or 'its usual address'} ({said.strip()}). Nothing was changed. "
            f"Next: {_remedy(said)}, then `docker version`, then run it again."
        )
    version = tuple(int(part) for part in server["ApiVersion"].split("."))
    if version < OLDEST_API:
        raise pulumi.RunError(
            f"Docker at {host} is too old: it is {server['Version']} with API {server['ApiVersion']}, and "
            f"this stack needs API {'.'.join(map(str, OLDEST_API))} (Docker 20.10) or newer. Nothing was "
            "changed. Next: upgrade Docker, then run it again."
        )
    return Engine(host=host, run=run)


def _remedy(said: str) -> str:
    if "permission denied" in said:
        return "`sudo usermod -aG docker $USER` and log in again"
    return "start it (Docker Desktop, `sudo systemctl start docker`, or `make docker` here)"
