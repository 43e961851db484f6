"""The nine nouns as the tests need them: inputs, what to change, what someone may change by hand, how to
count them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dokploy_provider.resources.application import ApplicationProvider
from dokploy_provider.resources.compose import ComposeProvider
from dokploy_provider.resources.deployment import DeploymentProvider
from dokploy_provider.resources.domain import DomainProvider
from dokploy_provider.resources.environment import EnvironmentProvider
from dokploy_provider.resources.network import NetworkProvider
from dokploy_provider.resources.project import ProjectProvider
from dokploy_provider.resources.registry import RegistryProvider
from dokploy_provider.resources.shell import Shell
from dokploy_provider.resources.vault_provider import VaultProviderProvider
from tests.dokploy_provider.engine import Properties, Resource
from tests.dokploy_provider.stage import OWNER, SHARED, Stage

YAML = "services:\n  backend:\n    image: ${BACKEND_IMAGE:?}\n"
UP = "compose -p {app_name} -f docker-compose.yml up -d --build --remove-orphans --wait"


@dataclass(frozen=True, kw_only=True)
class Noun:
    """One noun.

    Attributes:
        provider: its shell.
        inputs: makes its parents and gives its inputs.
        count: how many the server has that could be it.
        change: inputs to change, all of which can be changed in place.
        by_hand: field to the request by which someone changes it on the server.
        sends: the mutations of create, update and delete.
        survives: whether a destroy leaves the object.
    """

    provider: type[Shell]
    inputs: Callable[[Stage], Properties]
    count: Callable[[Stage], int]
    change: Mapping[str, Any] = field(default_factory=dict)
    by_hand: Mapping[str, Callable[[Stage, str], tuple[str, dict[str, Any]]]] = field(default_factory=dict)
    creates: tuple[str, ...] = ()
    updates: tuple[str, ...] = ()
    deletes: tuple[str, ...] = ()
    survives: bool = False


def compose_on(stage: Stage, **changed: Any) -> Resource:
    """A compose that runs one backend, made through the provider."""
    made = stage.resource(COMPOSE)
    made.up({**COMPOSE.inputs(stage), **changed})
    return made


def _environments(stage: Stage) -> list[dict[str, Any]]:
    return list(stage.dokploy.ask("project.one", projectId=stage.project())["environments"])


def _records(stage: Stage) -> int:
    composes = [c["composeId"] for e in _environments(stage) for c in e["compose"]]
    return sum(len(stage.dokploy.ask("deployment.allByCompose", composeId=c)) for c in composes)


def _vault_object(stage: Stage) -> None:
    if not stage.dokploy.ask("vaultProvider.all"):
        config = {
            "providerType": "hashicorp",
            "url": "http://127.0.0.1:8200",
            "mount": "secret",
            "token": "vault-token",
        }
        stage.dokploy.do("vaultProvider.create", name="finance-report-staging", config=config, assignments=[])


def _vault_inputs(stage: Stage) -> Properties:
    _vault_object(stage)
    return {
        "provider_name": "finance-report-staging",
        "url": "http://127.0.0.1:8200",
        "mount": "secret",
        "project_id": stage.project(),
        "environment_id": stage.environment(),
    }


def _domain_inputs(stage: Stage) -> Properties:
    if "compose" not in stage.ids:
        stage.ids["compose"] = str(compose_on(stage).id)
    return {
        "compose_id": stage.ids["compose"],
        "host": "report-staging.zitian.party",
        "path": "/api",
        "port": 8000,
        "service_name": "backend",
    }


def _unassign(stage: Stage, id_: str) -> tuple[str, dict[str, Any]]:
    row = stage.dokploy.ask("vaultProvider.one", vaultProviderId=id_)
    body = {"vaultProviderId": id_, "name": row["name"], "config": row["config"], "assignments": []}
    return "vaultProvider.update", body


def _patch(procedure: str, key: str, **fields: Any) -> Callable[[Stage, str], tuple[str, dict[str, Any]]]:
    return lambda _stage, id_: (procedure, {key: id_, **fields})


def _compose_patch(**fields: Any) -> Callable[[Stage, str], tuple[str, dict[str, Any]]]:
    return _patch("compose.update", "composeId", **fields)


PROJECT = Noun(
    provider=ProjectProvider,
    inputs=lambda _: {"project_name": "finance_report", "owner": SHARED, "description": "Finance"},
    count=lambda stage: len(stage.dokploy.ask("project.all")),
    creates=("project.create",),
    survives=True,
)
ENVIRONMENT = Noun(
    provider=EnvironmentProvider,
    inputs=lambda stage: {
        "project_id": stage.project(),
        "environment_name": "staging",
        "owner": f"{OWNER}/environment",
        "description": "Staging",
        "env": "STACK='staging'",
    },
    count=lambda stage: sum(e["name"] != "production" for e in _environments(stage)),
    change={"env": "", "description": ""},
    by_hand={
        "env": _patch("environment.update", "environmentId", env="STACK='mine'"),
        "description": _patch("environment.update", "environmentId", description="mine"),
        "environment_name": _patch("environment.update", "environmentId", name="mine"),
    },
    creates=("environment.create", "environment.update"),
    updates=("environment.update",),
    deletes=("environment.remove",),
)
REGISTRY = Noun(
    provider=RegistryProvider,
    inputs=lambda _: {
        "registry_name": "finance-report",
        "registry_url": "ghcr.io",
        "username": "zitian-party",
        "credential_version": "1",
    },
    count=lambda stage: len(stage.dokploy.ask("registry.all")),
    change={"credential_version": "2"},
    by_hand={
        "image_prefix": _patch("registry.update", "registryId", imagePrefix="mine"),
        "registry_name": _patch("registry.update", "registryId", registryName="mine"),
    },
    creates=("registry.create",),
    updates=("registry.update",),
    survives=True,
)
NETWORK = Noun(
    provider=NetworkProvider,
    inputs=lambda _: {"network_name": "finance-report-staging"},
    count=lambda stage: len(stage.dokploy.ask("network.all")),
    creates=("network.create",),
    deletes=("network.remove",),
)
VAULT_PROVIDER = Noun(
    provider=VaultProviderProvider,
    inputs=_vault_inputs,
    count=lambda stage: sum(len(p["assignments"]) for p in stage.dokploy.ask("vaultProvider.all")),
    by_hand={"environment_id": _unassign},
    creates=("vaultProvider.update",),
    deletes=("vaultProvider.update",),
)
COMPOSE = Noun(
    provider=ComposeProvider,
    inputs=lambda stage: {
        "environment_id": stage.environment(),
        "compose_name": "finance-report-staging-app",
        "owner": f"{OWNER}/app",
        "description": "The application",
        "compose_type": "docker-compose",
        "source_type": "raw",
        "compose_file": YAML,
        "env": f"BACKEND_IMAGE='{stage.image()}'",
        "command": UP,
    },
    count=lambda stage: sum(len(e["compose"]) for e in _environments(stage)),
    change={"env": "BACKEND_IMAGE='docker.io/other:1'", "command": None, "description": ""},
    by_hand={
        "env": _compose_patch(env="X='1'"),
        "compose_file": _compose_patch(composeFile="services: {}\n"),
        "command": _compose_patch(command="compose -p mine -f docker-compose.yml up -d"),
        "description": _compose_patch(description="mine"),
        "compose_name": _compose_patch(name="mine"),
        "compose_path": _compose_patch(composePath="./other.yml"),
        "source_type": _compose_patch(sourceType="git"),
        "git_url": _compose_patch(customGitUrl="https://example.com/x.git"),
        "git_branch": _compose_patch(customGitBranch="main"),
        "github_owner": _compose_patch(owner="someone"),
        "github_repository": _compose_patch(repository="something"),
        "github_branch": _compose_patch(branch="main"),
        "drift": _compose_patch(autoDeploy=True),
    },
    creates=("compose.create", "compose.update"),
    updates=("compose.update",),
    deletes=("compose.cleanQueues", "compose.delete"),
)
APPLICATION = Noun(
    provider=ApplicationProvider,
    inputs=lambda stage: {
        "environment_id": stage.environment(),
        "application_name": "finance-report-staging-worker",
        "owner": f"{OWNER}/worker",
        "docker_image": stage.image(),
        "env": "STACK='staging'",
        "replicas": 2,
    },
    count=lambda stage: sum(len(e["applications"]) for e in _environments(stage)),
    change={"replicas": 1, "env": ""},
    by_hand={
        "env": _patch("application.update", "applicationId", env="X='1'"),
        "replicas": _patch("application.update", "applicationId", replicas=3),
        "docker_image": _patch("application.update", "applicationId", dockerImage="docker.io/mine:1"),
        "drift": _patch("application.update", "applicationId", autoDeploy=True),
    },
    creates=("application.create", "application.update"),
    updates=("application.update",),
    deletes=("application.delete",),
)
DOMAIN = Noun(
    provider=DomainProvider,
    inputs=_domain_inputs,
    count=lambda stage: len(stage.dokploy.ask("domain.byComposeId", composeId=stage.ids["compose"])),
    change={"port": 8080, "https": True, "strip_path": True},
    by_hand={
        "port": _patch("domain.update", "domainId", host="report-staging.zitian.party", port=1),
        "host": _patch("domain.update", "domainId", host="mine.zitian.party"),
        "drift": _patch("domain.toggleEnable", "domainId"),
    },
    creates=("domain.create",),
    updates=("domain.update",),
    deletes=("domain.delete",),
)
DEPLOYMENT = Noun(
    provider=DeploymentProvider,
    inputs=lambda stage: stage.deployment_of(compose_on(stage)),
    count=_records,
    creates=("compose.deploy",),
    survives=True,
)

NOUNS: Mapping[str, Noun] = {
    "project": PROJECT,
    "environment": ENVIRONMENT,
    "registry": REGISTRY,
    "network": NETWORK,
    "vault_provider": VAULT_PROVIDER,
    "compose": COMPOSE,
    "application": APPLICATION,
    "domain": DOMAIN,
    "deployment": DEPLOYMENT,
}
