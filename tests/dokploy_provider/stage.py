"""A server and what stands on it already."""

from dataclasses import dataclass, field
from typing import Any, Protocol

from dokploy_provider.context import Context
from dokploy_provider.resources.shell import Shell
from tests.dokploy_provider.engine import Properties, Resource
from tests.dokploy_provider.server import Dokploy

SHARED = "strata:finance-report/shared/project"
OWNER = "strata:finance-report/staging"
IMAGE = "docker.io/zitian/finance-report-backend"


class HasProvider(Protocol):
    """What a resource can be made of."""

    @property
    def provider(self) -> type[Shell]:
        """Its shell."""


@dataclass
class Stage:
    """A server and what stands on it already."""

    dokploy: Dokploy
    here: Context
    ids: dict[str, str] = field(default_factory=dict)

    def project(self) -> str:
        if "project" not in self.ids:
            made = self.dokploy.do("project.create", name="finance_report", description=SHARED)
            self.ids["project"] = made["project"]["projectId"]
            self.ids["production"] = made["environment"]["environmentId"]
        return self.ids["project"]

    def environment(self) -> str:
        if "environment" not in self.ids:
            row = self.dokploy.do(
                "environment.create",
                projectId=self.project(),
                name="staging",
                description=f"{OWNER}/environment",
            )
            self.ids["environment"] = row["environmentId"]
        return self.ids["environment"]

    def image(self, tag: str = "v1.0.0", **labels: str) -> str:
        return self.dokploy.publish(f"{IMAGE}:{tag}", **labels)

    def resource(self, noun: HasProvider) -> Resource:
        return Resource(noun.provider(), self.here)

    def deployment_of(self, compose: Resource, **changed: Any) -> Properties:
        """Inputs of a deployment of that compose."""
        return {
            "compose_id": compose.outs["compose_id"],
            "stack": "staging",
            "compose_type": compose.outs["compose_type"],
            "revisions": [compose.outs["revision"]],
            "images": {"backend": compose.outs["env"].split("'")[1]},
            **changed,
        }
