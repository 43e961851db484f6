"""One tier of a stack: a Compose and its Deployment, brought up release by release."""

import dataclasses
from typing import Any

import httpx
import pytest

from dokploy_provider.errors import DeployFailed
from dokploy_provider.resources.compose import ComposeProvider
from dokploy_provider.resources.deployment import DeploymentProvider
from tests.dokploy_provider.engine import Resource
from tests.dokploy_provider.nouns import COMPOSE
from tests.dokploy_provider.server import COMMIT
from tests.dokploy_provider.stage import Stage

STACK_YAML = """\
services:
  backend:
    image: ${BACKEND_IMAGE:?}
    healthcheck: {test: [CMD, "true"], interval: 1s, retries: 2}
    deploy:
      update_config: {order: start-first, failure_action: rollback, monitor: 1s}
"""
CHECKED_YAML = """\
services:
  backend:
    image: ${BACKEND_IMAGE:?}
    healthcheck: {test: [CMD, "true"], interval: 1s, retries: 2}
"""
STACK_UP = "stack deploy -c docker-compose.yml {app_name} --prune --with-registry-auth --detach=false"
HEALTH = "https://report-staging.zitian.party/health"
PROBE = {"url": HEALTH, "content_type": "application/json", "keys": ["status", "commit"], "identity": True}


class Tier:
    """Drives both resources as `pulumi up` does: Compose first, then the Deployment with its revision."""

    def __init__(self, stage: Stage, *, stack: bool = False, **deployment: Any) -> None:
        self.stage = stage
        self.stack = stack
        self.served = COMMIT
        here = dataclasses.replace(stage.here, web=httpx.MockTransport(self._serve))
        self.compose = Resource(ComposeProvider(), here)
        self.deployment = Resource(DeploymentProvider(), here)
        self.extra = deployment

    def _serve(self, request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"status": "ok", "commit": self.served})

    def inputs(self, version: str, **labels: str) -> dict[str, Any]:
        """The Deployment's inputs for a release, whose Compose is brought up on the way."""
        ref = self.stage.image(version, **labels)
        changes = {"compose_type": "stack", "compose_file": STACK_YAML, "command": STACK_UP}
        if not self.stack:
            changes = {"compose_file": CHECKED_YAML}
        self.compose.up(
            {**COMPOSE.inputs(self.stage), "env": f"BACKEND_IMAGE='{ref}'", **changes, **self._compose_extra}
        )
        release = {"version": version, "images": {"backend": ref}}
        return self.stage.deployment_of(
            self.compose, **{"images": {"backend": ref}, "release": release, **self.extra}
        )

    _compose_extra: dict[str, Any] = {}  # noqa: RUF012 - replaced, never changed

    def with_compose(self, **changed: Any) -> "Tier":
        self._compose_extra = changed
        return self

    def up(self, version: str = "v1.0.0", **labels: str) -> str:
        return self.deployment.up(self.inputs(version, **labels))

    def refresh(self) -> set[str]:
        return self.compose.refresh() | self.deployment.refresh()

    @property
    def id(self) -> str:
        return str(self.compose.id)

    def records(self) -> list[dict[str, Any]]:
        """The server's records, newest first."""
        return list(self.stage.dokploy.ask("deployment.allByCompose", composeId=self.id))

    def running(self) -> set[str]:
        """References that the tier's containers run."""
        name = str(self.compose.outs["app_name"])
        kind = "stack" if self.stack else "docker-compose"
        rows = self.stage.dokploy.docker.containers(name, kind)
        found = [
            self.stage.dokploy.docker.inspect(row["containerId"]) for row in rows if row["state"] == "running"
        ]
        return {str(one["Config"]["Image"]) for one in found if one}


def failure(tier: Tier, version: str, **labels: str) -> DeployFailed:
    """The error with which this release fails."""
    with pytest.raises(DeployFailed) as caught:
        tier.up(version, **labels)
    return caught.value
