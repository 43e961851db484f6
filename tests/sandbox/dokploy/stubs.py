"""A Docker host that says yes, and remembers what it was asked."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sandbox.engine.protocol import Log


@dataclass
class Ran:
    """One command."""

    argv: list[str]
    cwd: Path
    env: dict[str, str]


@dataclass
class YesDocker:
    """Answers 0 to everything but what `refuse` names, and lists what `rows` holds.

    A command prints what `prints` says of the words in it.
    """

    ran: list[Ran] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)
    prints: dict[str, list[str]] = field(default_factory=dict)
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    inspected: dict[str, Any] | None = None

    async def run(self, argv: Sequence[str], *, cwd: Path, env: Mapping[str, str], log: Log) -> int:
        await asyncio.sleep(0)
        self.ran.append(Ran(argv=list(argv), cwd=cwd, env=dict(env)))
        for words, said in self.refuse.items():
            if words in " ".join(argv):
                log(said)
                return 1
        printed = next((said for words, said in self.prints.items() if words in " ".join(argv)), None)
        for line in [f" {argv[0]} Started "] if printed is None else printed:
            log(line)
        return 0

    def commands(self) -> list[str]:
        return [" ".join(ran.argv) for ran in self.ran]

    def containers(self, app_name: str, kind: str) -> list[dict[str, Any]]:
        return self.rows.get(kind, [])

    def tasks(self, app_name: str, *, service: str | None = None) -> list[dict[str, Any]]:
        return self.rows.get("tasks", [])

    def inspect(self, container_id: str) -> dict[str, Any] | None:
        return self.inspected

    def networks(self) -> list[dict[str, Any]]:
        return self.rows.get("networks", [])

    def volumes(self) -> list[dict[str, Any]]:
        return []

    def images(self) -> list[dict[str, Any]]:
        return []

    def tables(self) -> dict[str, list[dict[str, Any]]]:
        return {"containers": self.rows.get("table", [])}
