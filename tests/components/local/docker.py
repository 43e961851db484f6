"""A Docker that answers what a test tells it to."""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from components.local.engine import Engine

VERSION = {"Client": {}, "Server": {"Version": "28.2.2", "ApiVersion": "1.50"}}


def inspected(
    name: str,
    *,
    state: str = "running",
    health: str | None = "healthy",
    labels: dict[str, str] | None = None,
    port: int | None = None,
    **more: Any,
) -> dict[str, Any]:
    """One element of `docker inspect`, as far as it is read."""
    check = {"Health": {"Status": health, "Log": [{"Output": more.get("check", "")}]}} if health else {}
    bindings = {"80/tcp": [{"HostIp": "127.0.0.1", "HostPort": str(port)}]} if port else {}
    return {
        "Name": f"/{name}",
        "State": {"Status": state, "ExitCode": more.get("exit_code", 0), **check},
        "RestartCount": more.get("restarts", 0),
        "Config": {"Labels": labels or {}},
        "HostConfig": {"PortBindings": bindings},
    }


@dataclass(kw_only=True)
class FakeDocker:
    """Answers `docker` commands.

    Attributes:
        there: what `docker inspect` knows.
        networks: name to labels; a listing gives them all, whatever label is asked for.
        volumes: name to labels.
        logs: name to what a container has printed.
        version: of `docker version`.
        error: what `docker version` says when it fails.
        hangs: whether every command does.
        gone: what every command says while there is no Docker; as the real one it prints `[]` beside it.
        stuck: containers that a removal does not remove.
        asked: every command.
    """

    there: list[dict[str, Any]] = field(default_factory=list)
    networks: dict[str, dict[str, str]] = field(default_factory=lambda: {"the-network": {}})
    volumes: dict[str, dict[str, str]] = field(default_factory=dict)
    logs: dict[str, str] = field(default_factory=dict)
    version: dict[str, Any] = field(default_factory=lambda: dict(VERSION))
    error: str = ""
    hangs: bool = False
    gone: str = ""
    stuck: frozenset[str] = frozenset()
    asked: list[list[str]] = field(default_factory=list)

    def run(self, words: Sequence[str], seconds: float) -> subprocess.CompletedProcess[str]:
        self.asked.append(list(words))
        if self.hangs:
            raise subprocess.TimeoutExpired(["docker"], seconds)
        if self.gone:
            return subprocess.CompletedProcess(words, 1, "[]\n" if "inspect" in words else "", self.gone)
        code, out = getattr(self, f"_{words[0]}")(list(words))
        said = "Error response from daemon: No such container: x" if code else ""
        return subprocess.CompletedProcess(words, code, out, self.error or said)

    @property
    def engine(self) -> Engine:
        return Engine(host="unix:///run/docker.sock", run=self.run)

    def _context(self, _words: list[str]) -> tuple[int, str]:
        return 0, "unix:///run/docker.sock\n"

    def _version(self, _words: list[str]) -> tuple[int, str]:
        return (
            (1, json.dumps({**self.version, "Server": None})) if self.error else (0, json.dumps(self.version))
        )

    def _ps(self, _words: list[str]) -> tuple[int, str]:
        return 0, "\n".join(one["Name"].lstrip("/") for one in self.there)

    def _inspect(self, words: list[str]) -> tuple[int, str]:
        found = [one for one in self.there if one["Name"].lstrip("/") in words]
        return 0 if found else 1, json.dumps(found)

    def _logs(self, words: list[str]) -> tuple[int, str]:
        return (0, self.logs[words[-1]]) if words[-1] in self.logs else (1, "No such container")

    def _network(self, words: list[str]) -> tuple[int, str]:
        return self._named(self.networks, words)

    def _volume(self, words: list[str]) -> tuple[int, str]:
        return self._named(self.volumes, words)

    @staticmethod
    def _named(there: dict[str, dict[str, str]], words: list[str]) -> tuple[int, str]:
        if words[1] == "ls":
            return 0, "\n".join(there)
        found = [name for name in there if name in words]
        told = json.dumps([{"Name": name, "Labels": there[name] or None} for name in found])
        if words[1] == "rm":
            for name in found:
                del there[name]
        return 0, told

    def _rm(self, words: list[str]) -> tuple[int, str]:
        removed = set(words) - self.stuck
        self.there = [one for one in self.there if one["Name"].lstrip("/") not in removed]
        return 0, ""
