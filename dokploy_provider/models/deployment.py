"""Deployment: the event that brings a service's configuration to its containers, and what it verified."""

from typing import Self

from pydantic import Field, model_validator

from dokploy_provider.models.base import Desired, Text

HISTORY = 20


class Probe(Desired):
    """One URL that must answer before a deployment counts."""

    url: str = Field(pattern=r"^https?://")
    content_type: Text = ""
    keys: tuple[str, ...] = ()
    identity: bool = False


class Release(Desired):
    """What the stack's owner calls this set of images."""

    version: str
    images: dict[str, str]


class VerifiedRelease(Desired):
    """A release that was seen healthy, with the commit that its images carry and the time it was verified."""

    version: str
    commit: str
    images: dict[str, str]
    time: str


class DeploymentDesired(Desired):
    """Inputs of `resources.Deployment`."""

    compose_id: str | None = None
    application_id: str | None = None
    stack: str = Field(pattern=r"^[a-z0-9-]+$")
    compose_type: Text = ""
    revisions: tuple[str, ...] = ()
    images: dict[str, str] = Field(default_factory=dict)
    release: Release | None = None
    secret_versions: dict[str, int] = Field(default_factory=dict)
    commit: Text = ""
    probes: tuple[Probe, ...] = ()
    history: tuple[VerifiedRelease, ...] = ()
    deploy_timeout: float = Field(default=900, gt=0)
    queue_timeout: float = Field(default=1800, gt=0)
    healthy_timeout: float = Field(default=300, gt=0)

    @model_validator(mode="after")
    def _deploys_one_service(self) -> Self:
        if (self.compose_id is None) == (self.application_id is None):
            raise ValueError("give exactly one of compose_id and application_id")
        return self
