"""Application: one Swarm service from a Docker image."""

from pydantic import Field

from dokploy_provider.models.base import Desired, Owner, Row, Text
from dokploy_provider.models.compose import APP_NAME, DeploymentRow, DomainInCompose


class ApplicationDesired(Desired):
    """Inputs of `resources.Application`."""

    environment_id: str
    application_name: str = Field(pattern=APP_NAME)
    owner: Owner
    description: Text = ""
    docker_image: str = Field(min_length=1)
    env: Text = ""
    replicas: int = Field(default=1, ge=0)
    adopt: str | None = None


class ApplicationRow(Row):
    """Answer of `application.one`; credentials that it holds are not read."""

    application_id: str
    name: str
    app_name: str
    environment_id: str
    description: str | None = None
    source_type: str
    docker_image: str | None = None
    env: str | None = None
    replicas: int = 1
    application_status: str | None = None
    auto_deploy: bool | None = None
    domains: tuple[DomainInCompose, ...] = ()
    deployments: tuple[DeploymentRow, ...] = ()
