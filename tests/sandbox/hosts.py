"""A simulated Docker host and what a test does with it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.engine.host import SimulatedDocker
from sandbox.registry import RegistryStore
from sandbox.world import World

BACKEND = "ghcr.io/zitian-party/finance-report-backend"
_PATIENCE = 5


@dataclass(frozen=True, kw_only=True)
class Done:
    """A command that ended: its exit code and its output."""

    code: int
    lines: list[str]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


class Host:
    """A host with its registry, logged in to ghcr.io."""

    def __init__(self, world: World, root: Path) -> None:
        self.world = world
        self.root = root
        self.registry = RegistryStore(world)
        self.docker = SimulatedDocker(world, self.registry)
        self.run("login", "ghcr.io", "-u", "strata", "-p", "password")

    async def running(
        self, *argv: str, cwd: Path | None = None, env: Mapping[str, str] | None = None
    ) -> Done:
        lines: list[str] = []
        code = await self.docker.run(argv, cwd=cwd or self.root, env=env or {}, log=lines.append)
        return Done(code=code, lines=lines)

    def run(
        self,
        *argv: str,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        patience: float = _PATIENCE,
    ) -> Done:
        """One command; a hanging one raises `TimeoutError`."""
        return asyncio.run(asyncio.wait_for(self.running(*argv, cwd=cwd, env=env), patience))

    def folder(self, app: str, text: str, files: Mapping[str, str] | None = None) -> Path:
        """An app's code folder with its compose file."""
        folder = self.root / app
        for name, content in {"docker-compose.yml": text, **(files or {})}.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        return folder

    def up(self, app: str, text: str, *flags: str, files: Mapping[str, str] | None = None) -> Done:
        """`compose up` as Dokploy runs it."""
        folder = self.folder(app, text, files)
        words = ["compose", "-p", app, "-f", "docker-compose.yml", "up", "-d", "--build", "--remove-orphans"]
        return self.run(*words, *flags, cwd=folder)

    def deploy(self, app: str, text: str, *flags: str, env: Mapping[str, str] | None = None) -> Done:
        """`stack deploy` as Dokploy runs it."""
        folder = self.folder(app, text)
        words = ["stack", "deploy", "-c", "docker-compose.yml", app, "--prune", "--with-registry-auth"]
        return self.run(*words, *flags, cwd=folder, env=env)

    def publish(self, tag: str, behaviour: str = "ok", **labels: str) -> str:
        """Put a backend image into the registry and return its reference with digest."""
        own = {"strata.sandbox.behaviour": behaviour, "org.opencontainers.image.revision": tag * 4}
        name = f"{BACKEND}:{tag}"
        return f"{name}@{self.registry.publish(name, {**own, **labels})}"

    def container(self, name: str) -> dict[str, Any]:
        """`docker inspect` of a container that has to be there."""
        found = self.docker.inspect(name)
        assert found is not None, f"no container {name}"
        return found

    def states(self, app: str, kind: str = "docker-compose") -> dict[str, str]:
        """What `docker ps` says of an app's containers, by name."""
        return {row["name"]: row["status"] for row in self.docker.containers(app, kind)}

    def images_of(self, app: str) -> list[str]:
        """What an app's containers run, in order of their names."""
        tables = self.docker.tables()
        rows = [c for c in tables["containers"] if c["app"] == app and c["state"] == "running"]
        return [row["image"] for row in sorted(rows, key=lambda row: str(row["name"]))]
