"""Each managed field of each Dokploy resource, changed by hand in one stack: one refresh sees all of them.

The table of edits is held against the provider's own models and lists: a field that is added there without an
edit or a reason here fails.
"""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from dokploy_provider.crud import compose as compose_crud
from dokploy_provider.crud import domain as domain_crud
from dokploy_provider.models.compose import ComposeDesired
from dokploy_provider.models.domain import DomainDesired
from dokploy_provider.models.environment import EnvironmentDesired
from dokploy_provider.models.network import NetworkDesired
from dokploy_provider.models.project import ProjectDesired
from dokploy_provider.models.registry import RegistryDesired
from dokploy_provider.models.vault_provider import VaultProviderDesired
from tests.e2e.cloud import Cloud
from tests.e2e.looks import ask, by_hand, compose, environments, projects, records
from tests.e2e.snapshot import staging_runs
from tests.e2e.test_drift import APP, look
from tests.e2e.test_journey import STAGING, version

OURS = "an option of the provider; nothing at the server corresponds to it"
MARKER = "described together: an edit of the description takes the marker along"
NO_APP = "needs a GitHub App, which the sandbox's Dokploy does not have"
FIXED = "no procedure of Dokploy changes it"

# Field of the resource to Dokploy's column and what is put there by hand, or to why that cannot be.
COMPOSE: Mapping[str, tuple[str, Any] | str] = {
    "environment_id": ("environmentId", "<another environment>"),
    "compose_name": ("name", "renamed"),
    "owner": MARKER,
    "description": ("description", "by hand"),
    "compose_type": ("composeType", "docker-compose"),
    "source_type": ("sourceType", "git"),
    "compose_file": ("composeFile", "services: {}\n"),
    "git_url": ("customGitUrl", "https://git.example/theirs.git"),
    "git_branch": ("customGitBranch", "theirs"),
    "git_ssh_key_id": ("customGitSSHKeyId", "<a key>"),
    "github_id": NO_APP,
    "github_owner": ("owner", "them"),
    "github_repository": ("repository", "theirs"),
    "github_branch": ("branch", "theirs"),
    "compose_path": ("composePath", "./theirs.yml"),
    "env": ("env", "BY='hand'"),
    "command": ("command", "stack deploy -c theirs.yml theirs"),
    "delete_volumes": OURS,
    "adopt": OURS,
}
COMPOSE_HELD = {
    "autoDeploy": True,
    "createEnvFile": False,
    "enableSubmodules": True,
    "randomize": True,
    "isolatedDeployment": True,
    "watchPaths": ["src/**"],
    "serviceNetworks": [{"serviceName": "backend", "networkIds": [], "detachDokployNetwork": True}],
}
DOMAIN: Mapping[str, tuple[str, Any] | str] = {
    "compose_id": FIXED,
    "application_id": FIXED,
    "host": ("host", "theirs.example"),
    "path": ("path", "/theirs"),
    "port": ("port", 1234),
    "service_name": ("serviceName", "backend"),
    "https": ("https", False),
    "certificate_type": ("certificateType", "custom"),
    "cert_resolver": ("customCertResolver", "theirs"),
    "strip_path": ("stripPath", True),
}
DOMAIN_HELD = {
    "enabled": False,
    "internalPath": "/theirs",
    "middlewares": ["theirs@file"],
    "customEntrypoint": "theirs",
    "forwardAuthEnabled": True,
}
ENVIRONMENT: Mapping[str, tuple[str, Any] | str] = {
    "project_id": "an environment that is moved takes along all that the stack has; see the project",
    "environment_name": ("name", "renamed"),
    "owner": MARKER,
    "description": ("description", "by hand"),
    "env": ("env", "BY='hand'"),
    "adopt": OURS,
    "apart_from": OURS,
}
REGISTRY: Mapping[str, tuple[str, Any] | str] = {
    "registry_name": ("registryName", "renamed"),
    "registry_url": ("registryUrl", "theirs.example"),
    "username": ("username", "them"),
    "credential_version": OURS,
    "image_prefix": ("imagePrefix", "theirs"),
}
VAULT_PROVIDER: Mapping[str, tuple[str, Any] | str] = {
    "provider_name": ("name", "renamed"),
    "url": ("config.url", "http://127.0.0.1:1"),
    "mount": ("config.mount", "theirs"),
    "project_id": FIXED,
    "environment_id": ("assignments", []),
}
TABLES = [
    (ComposeDesired, COMPOSE),
    (DomainDesired, DOMAIN),
    (EnvironmentDesired, ENVIRONMENT),
    (RegistryDesired, REGISTRY),
    (VaultProviderDesired, VAULT_PROVIDER),
    (NetworkDesired, dict.fromkeys(("network_name", "driver", "attachable", "internal"), FIXED)),
    (ProjectDesired, dict.fromkeys(("project_name", "owner", "description", "adopt"), "shared: not managed")),
]


@pytest.mark.parametrize(("model", "table"), TABLES, ids=lambda value: getattr(value, "__name__", ""))
def test_s6_each_input_has_an_edit_or_a_reason(model: Any, table: Mapping[str, Any]) -> None:
    assert model.model_fields.keys() == table.keys()


def test_s6_each_setting_that_must_stay_has_an_edit() -> None:
    assert compose_crud.HELD.keys() == COMPOSE_HELD.keys()
    assert domain_crud.HELD.keys() == DOMAIN_HELD.keys()


def columns(table: Mapping[str, tuple[str, Any] | str]) -> dict[str, Any]:
    return dict(entry for entry in table.values() if isinstance(entry, tuple))


def names(table: Mapping[str, tuple[str, Any] | str]) -> list[str]:
    return [name for name, entry in table.items() if isinstance(entry, tuple)]


def section(shown: str, resource: str) -> str:
    """The part of a diff that is about one resource."""
    (part,) = [one for one in re.split(r"(?m)^ +[~+=-] pulumi-python:", shown) if f"::{resource}]" in one]
    return part


def unseen(part: str, fields: list[str]) -> list[str]:
    """Fields that a resource's part of a diff does not show as changed."""
    return [field for field in fields if not re.search(rf"(?m)^\s*[~+-] {field}\s*:", part)]


@pytest.mark.e2e
@pytest.mark.long
def test_s6_every_managed_field_that_was_changed_by_hand_is_shown_and_put_back(cloud: Cloud) -> None:
    staging_runs(cloud)
    (project,) = projects(cloud)
    app, environment = compose(cloud, APP), environments(cloud)["staging"]
    by_path = {domain["path"]: domain for domain in app["domains"]}
    (registry,) = ask(cloud, "registry.all")
    vault = next(row for row in ask(cloud, "vaultProvider.all") if row["name"] == "finance-report-staging")
    key = {"name": "theirs", "privateKey": "-", "publicKey": "theirs", "organizationId": "any"}
    by_hand(cloud, "sshKey.create", key)
    (ssh_key,) = ask(cloud, "sshKey.all")
    theirs = {
        **columns(COMPOSE),
        "environmentId": environments(cloud)["production"]["environmentId"],
        "customGitSSHKeyId": ssh_key["sshKeyId"],
    }
    rows = {
        "compose.update": {"composeId": app["composeId"], **theirs, **COMPOSE_HELD},
        "environment.update": {"environmentId": environment["environmentId"], **columns(ENVIRONMENT)},
    }
    for procedure, body in rows.items():
        by_hand(cloud, procedure, body)
    for path, edits in (("/", columns(DOMAIN)), ("/api", DOMAIN_HELD)):
        host = {"host": by_path[path]["host"]}
        by_hand(cloud, "domain.update", {"domainId": by_path[path]["domainId"], **host, **edits})
    by_hand(cloud, "registry.update", {"registryId": registry["registryId"], **columns(REGISTRY)})
    pointed = {**vault["config"], "url": "http://127.0.0.1:1", "mount": "theirs"}
    whole = {"vaultProviderId": vault["vaultProviderId"], "name": "renamed", "config": pointed}
    by_hand(cloud, "vaultProvider.update", {**whole, "assignments": []})

    shown = look(cloud).refused(7).output

    part = section(shown, "staging-app-compose")
    assert unseen(part, [name for name in names(COMPOSE) if name != "compose_type"]) == []
    assert "composeType is 'docker-compose'" in part
    assert [name for name in COMPOSE_HELD if f'"{name} is ' not in part] == []
    assert unseen(section(shown, "staging-app-domain-frontend"), names(DOMAIN)) == []
    part = section(shown, "staging-app-domain-backend-api")
    assert [name for name in DOMAIN_HELD if f'"{name} is ' not in part] == []
    assert unseen(section(shown, "staging-environment"), names(ENVIRONMENT)) == []
    assert unseen(section(shown, "staging-registry"), names(REGISTRY)) == []
    assert unseen(section(shown, "staging-vault"), names(VAULT_PROVIDER)) == []

    # Name, url and mount are how the administrator's object is known; without them it is another's.
    assert "strata vault connect staging" in cloud.up("staging", "--refresh").refused().output
    again = {"vaultProviderId": vault["vaultProviderId"], "name": vault["name"], "config": vault["config"]}
    by_hand(cloud, "vaultProvider.update", {**again, "assignments": []})
    cloud.up("staging", "--refresh").ok()

    now = compose(cloud, APP)
    edited = [*theirs, *COMPOSE_HELD]
    assert {name: now[name] for name in edited} == {name: app[name] for name in edited}
    put_back = {domain["path"]: domain for domain in now["domains"]}
    for path, edits in (("/", columns(DOMAIN)), ("/api", DOMAIN_HELD)):
        assert {n: put_back[path][n] for n in edits} == {n: by_path[path][n] for n in edits}
    one = ask(cloud, "environment.one", environmentId=environment["environmentId"])
    assert {name: one[name] for name in columns(ENVIRONMENT)} == {
        name: environment[name] for name in columns(ENVIRONMENT)
    }
    (login,) = ask(cloud, "registry.all")
    assert {n: login[n] for n in columns(REGISTRY)} == {n: registry[n] for n in columns(REGISTRY)}
    assert ask(cloud, "vaultProvider.one", vaultProviderId=vault["vaultProviderId"]) == vault
    assert projects(cloud)[0]["projectId"] == project["projectId"]
    assert records(cloud, APP)[0]["status"] == "done"
    assert len(records(cloud, APP)) == 2
    assert version(cloud, STAGING) == "v1.0.0"
    look(cloud).ok()
