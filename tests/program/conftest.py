from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.program import recording
from tests.program.vault import TOKEN, FakeVault, serving

COMMIT = "0123456789abcdef0123456789abcdef01234567"
PREVIEW_REF = "preview/pr-12-0123456"


@dataclass(kw_only=True)
class Program:
    """The program with everything it finds outside itself."""

    vault: FakeVault
    patch: pytest.MonkeyPatch
    folder: Path
    world: recording.World = field(default_factory=recording.World)

    def set(self, **variables: str) -> None:
        for name, value in variables.items():
            self.patch.setenv(name, value)

    def unset(self, *variables: str) -> None:
        for name in variables:
            self.patch.delenv(name, raising=False)

    def run(self, stack: str, *, preview: bool = False, **settings: object) -> recording.Run:
        self.patch.setenv("PULUMI_CONFIG", recording.config(stack, **settings))
        return recording.run_program(stack, world=self.world, preview=preview)

    def run_preview(self, *, compose: str | None = None) -> recording.Run:
        """PR 12 at its commit, with the repository's own compose file or another."""
        file = self.folder / "compose.yml"
        own = (recording.ROOT / "docker-compose.yml").read_text(encoding="utf-8")
        file.write_text(own if compose is None else compose, encoding="utf-8")
        self.set(PREVIEW_REF=PREVIEW_REF, PREVIEW_COMMIT=COMMIT, PREVIEW_COMPOSE=str(file))
        return self.run("pr-12")

    def runs(self, stack: str, version: str, **more: Any) -> None:
        """The stack has verified this release, with the digests that the registry has for it, and runs it."""
        record = verified(version)
        self.world.outputs[stack] = {"release": record, "verifiedReleases": [record], **more}

    def staging_has_verified(self, version: str) -> None:
        self.runs("staging", version)


def verified(version: str) -> dict[str, Any]:
    """A record as a Deployment puts it out."""
    images = {}
    for service in ("backend", "frontend"):
        name = f"ghcr.io/zitian-party/finance-report-{service}:{version}"
        images[service] = f"{name}@{recording.digest(name)}"
    return {"version": version, "commit": COMMIT, "images": images, "time": "2026-11-20T08:00:00Z"}


@pytest.fixture(scope="session")
def vault_server() -> Iterator[FakeVault]:
    with serving(FakeVault()) as vault:
        yield vault


@pytest.fixture
def program(vault_server: FakeVault, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Program:
    """Everything is there for staging, production and PR 12; nothing runs yet."""
    vault_server.__dict__.update(FakeVault(address=vault_server.address).__dict__)
    for environment in ("staging", "production"):
        vault_server.seed(environment)
    monkeypatch.setattr("components.registry.PAUSE_SECONDS", 0.0)
    program = Program(vault=vault_server, patch=monkeypatch, folder=tmp_path)
    program.set(
        VAULT_ADDR=vault_server.address,
        VAULT_TOKEN=TOKEN,
        GITHUB_OWNER="zitian-party",
        GITHUB_TOKEN="github-token",
        DOKPLOY_URL="https://dokploy.zitian.party",
        DOKPLOY_API_KEY="dokploy-key",
        REGISTRY_PASSWORD="registry-password",
    )
    return program
