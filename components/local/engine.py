"""This machine's Docker, through its own command line, which knows its contexts, sockets and SSH."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

import pulumi

# What the plan is measured with; older ones lack parts of a health check and of the network's answers.
OLDEST_API = (1, 41)
SECONDS = 60.0

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
        ids = self.run(["ps", "--all", "--quiet", "--no-trunc", *chosen], SECONDS).stdout.split()
        if not ids:
            return []
        # One that has gone meanwhile is an error on the other stream; the rest is told all the same.
        told = self.run(["inspect", "--type", "container", *ids], SECONDS).stdout
        return [Container.parse(one) for one in json.loads(told or "[]")]

    def container(self, name: str) -> Container | None:
        """One by its name."""
        found = json.loads(self.run(["inspect", "--type", "container", name], SECONDS).stdout or "[]")
        return Container.parse(found[0]) if found else None

    def log(self, name: str, *, lines: int) -> list[str]:
        """The last lines that a container has printed."""
        told = self.run(["logs", "--tail", str(lines), name], SECONDS)
        return told.stdout.splitlines() if told.returncode == 0 else []

    def networks(self, label: str) -> list[str]:
        """Names of the networks that carry a label."""
        words = ["network", "ls", "--format", "{{.Name}}", "--filter", f"label={label}"]
        return self.run(words, SECONDS).stdout.split()

    def labels(self, kind: str, names: AbstractSet[str]) -> dict[str, Mapping[str, str]]:
        """Of those of these networks or volumes that are there."""
        there = set(self.run([kind, "ls", "--format", "{{.Name}}"], SECONDS).stdout.split())
        if not there & names:
            return {}
        told = self.run([kind, "inspect", *sorted(there & names)], SECONDS).stdout
        return {one["Name"]: one["Labels"] or {} for one in json.loads(told or "[]")}

    def remove_container(self, name: str) -> None:
        """One by its name, with its volumes that have none."""
        self.run(["rm", "--force", "--volumes", name], SECONDS)

    def remove(self, label: str) -> None:
        """Containers, with the volumes that have no name, and networks that carry a label."""
        for kind, listing, removal in (
            ("container", ["ps", "--all", "--quiet"], ["rm", "--force", "--volumes"]),
            ("network", ["network", "ls", "--quiet"], ["network", "rm"]),
        ):
            found = self.run([*listing, "--filter", f"label={label}"], SECONDS).stdout.split()
            if found:
                pulumi.log.debug(f"removing {len(found)} of kind {kind}")
                self.run([*removal, *found], SECONDS)


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
