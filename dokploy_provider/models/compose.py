"""Compose: one compose file with its settings. Quick to change and adoptable; deploying is another "
"resource.
"""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator

from dokploy_provider.models.base import Desired, Owner, Row, Text

DEFAULT_PATH = "./docker-compose.yml"
APP_NAME = r"^[a-zA-Z0-9._-]{1,63}$"


class ComposeType(StrEnum):
    """How Dokploy runs it; its own words."""

    DOCKER_COMPOSE = "docker-compose"
    STACK = "stack"


class SourceType(StrEnum):
    """Where the compose file comes from; those of Dokploy's words that are supported."""

    RAW = "raw"
    GIT = "git"
    GITHUB = "github"


def _path(value: object) -> object:
    return value or DEFAULT_PATH


class ComposeDesired(Desired):
    """Inputs of `resources.Compose`."""

    environment_id: str
    compose_name: str = Field(pattern=APP_NAME)
    owner: Owner
    description: Text = ""
    compose_type: ComposeType = ComposeType.DOCKER_COMPOSE
    source_type: SourceType = SourceType.RAW
    compose_file: Text = ""
    git_url: Text = ""
    git_branch: Text = ""
    git_ssh_key_id: Text = ""
    github_id: Text = ""
    github_owner: Text = ""
    github_repository: Text = ""
    github_branch: Text = ""
    compose_path: Annotated[str, BeforeValidator(_path)] = DEFAULT_PATH
    env: Text = ""
    command: Text = ""
    delete_volumes: bool = False
    adopt: str | None = None

    @model_validator(mode="after")
    def _source_is_whole(self) -> Self:
        needed = {
            SourceType.RAW: {"compose_file": self.compose_file},
            SourceType.GIT: {"git_url": self.git_url, "git_branch": self.git_branch},
            SourceType.GITHUB: {
                "github_id": self.github_id,
                "github_owner": self.github_owner,
                "github_repository": self.github_repository,
                "github_branch": self.github_branch,
            },
        }[self.source_type]
        missing = sorted(name for name, value in needed.items() if not value)
        if missing:
            raise ValueError(f"source_type {self.source_type} needs {', '.join(missing)}")
        return self


class DomainInCompose(Row):
    """A domain as `compose.one`, `application.one` and `domain.one` give it."""

    domain_id: str
    host: str
    path: str | None = None
    port: int | None = None
    service_name: str | None = None
    https: bool = False
    certificate_type: str = "none"
    custom_cert_resolver: str | None = None
    strip_path: bool = False
    enabled: bool = True
    internal_path: str | None = None
    middlewares: list[str] | None = None
    custom_entrypoint: str | None = None
    forward_auth_enabled: bool | None = None
    domain_type: str | None = None
    compose_id: str | None = None
    application_id: str | None = None


class DeploymentRow(Row):
    """A deployment record. At most 11 are kept per service; `compose.one` gives them unsorted."""

    deployment_id: str
    title: str = ""
    description: str | None = None
    status: str | None = None
    created_at: str = ""
    finished_at: str | None = None
    error_message: str | None = None


class ComposeRow(Row):
    """Answer of `compose.one`; credentials that it holds are not read."""

    compose_id: str
    name: str
    app_name: str
    environment_id: str
    description: str | None = None
    compose_type: str
    source_type: str
    compose_file: str | None = None
    compose_path: str | None = None
    custom_git_url: str | None = None
    custom_git_branch: str | None = None
    custom_git_ssh_key_id: str | None = Field(default=None, alias="customGitSSHKeyId")
    github_id: str | None = None
    owner: str | None = None
    repository: str | None = None
    branch: str | None = None
    env: str | None = None
    command: str | None = None
    compose_status: str | None = None
    auto_deploy: bool | None = None
    create_env_file: bool = True
    enable_submodules: bool = False
    randomize: bool = False
    isolated_deployment: bool = False
    watch_paths: list[str] | None = None
    service_networks: list[dict[str, object]] | None = None
    domains: tuple[DomainInCompose, ...] = ()
    deployments: tuple[DeploymentRow, ...] = ()
