"""S13: for each procedure that is called, every request field that exists is known here.

A field is sent, or stands below with the reason why it is not. The server's own OpenAPI document (0.30.2)
says which exist; it is not part of this repository, so without it the census cannot be taken.
"""

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import dokploy_provider
from dokploy_provider.crud import compose as compose_crud
from tests.dokploy_provider.nouns import NOUNS, Noun, Stage

ROOM = Path(dokploy_provider.__file__).parent
OPENAPI = ROOM.parents[1] / "shared" / "dokploy" / "openapi-0.30.2.json"
NOUN_WORDS = (
    "application",
    "compose",
    "deployment",
    "docker",
    "dockerImage",
    "dockerVolume",
    "domain",
    "environment",
)
NOUN_WORDS += ("network", "project", "registry", "settings", "vaultProvider")

ONE_SERVER = "one host: services on further servers are not managed yet"
OTHER_GIT = "of the git sources, plain git and GitHub's App are supported"
BOOKS = "Dokploy's own books, or set at creation and immutable"
SWARM = "Swarm settings of applications are not managed yet: the tiers are composes"
BUILDS = "applications run images; building them is not supported"
PREVIEWS = "Dokploy's own previews are not used"
HELD = "held at its default; a difference shows as drift"
UNUSED = "not used; Dokploy's default stands"

SENT: dict[str, set[str]] = {
    "project.create": {"name", "description"},
    "project.update": {"projectId", "description"},
    "project.remove": {"projectId"},
    "environment.create": {"name", "projectId", "description"},
    "environment.update": {"environmentId", "name", "description", "env", "projectId"},
    "environment.remove": {"environmentId"},
    "registry.create": {"registryName", "registryUrl", "username", "imagePrefix", "password", "registryType"},
    "registry.update": {"registryId", "registryName", "registryUrl", "username", "imagePrefix", "password"},
    "network.create": {"name", "driver", "attachable", "internal"},
    "network.remove": {"networkId"},
    "vaultProvider.update": {"vaultProviderId", "name", "config", "assignments"},
    "compose.create": {
        "name",
        "appName",
        "environmentId",
        "description",
        "composeType",
        "sourceType",
        "composeFile",
    },
    "compose.update": {
        "composeId",
        "name",
        "description",
        "environmentId",
        "composeType",
        "sourceType",
        "composeFile",
        "composePath",
        "customGitUrl",
        "customGitBranch",
        "customGitSSHKeyId",
        "githubId",
        "owner",
        "repository",
        "branch",
        "env",
        "command",
        *compose_crud.HELD,
    },
    "compose.delete": {"composeId", "deleteVolumes"},
    "compose.deploy": {"composeId", "title", "description"},
    "compose.cleanQueues": {"composeId"},
    "application.create": {"name", "appName", "environmentId", "description", "sourceType"},
    "application.update": {
        "applicationId",
        "name",
        "description",
        "environmentId",
        "dockerImage",
        "env",
        "replicas",
        "autoDeploy",
        "sourceType",
    },
    "application.delete": {"applicationId"},
    "application.deploy": {"applicationId", "title", "description"},
    "application.cleanQueues": {"applicationId"},
    "domain.create": {
        "host",
        "path",
        "port",
        "https",
        "certificateType",
        "customCertResolver",
        "serviceName",
        "domainType",
        "stripPath",
        "composeId",
        "applicationId",
        "internalPath",
        "middlewares",
        "customEntrypoint",
        "forwardAuthEnabled",
    },
    "domain.update": {
        "domainId",
        "host",
        "path",
        "port",
        "https",
        "certificateType",
        "customCertResolver",
        "serviceName",
        "domainType",
        "stripPath",
        "enabled",
        "internalPath",
        "middlewares",
        "customEntrypoint",
        "forwardAuthEnabled",
    },
    "domain.delete": {"domainId"},
    "dockerImage.removeImage": {"repository", "tag", "id"},
    "dockerVolume.removeVolume": {"volumeName"},
}

EXEMPT: dict[str, dict[str, str]] = {
    "project.create": {"env": "a project's env text would reach every environment; each stack has its own"},
    "project.update": {
        "name": "only its existence is managed",
        "env": "only its existence is managed",
        "createdAt": BOOKS,
        "organizationId": BOOKS,
    },
    "registry.create": {"serverId": ONE_SERVER},
    "registry.update": {
        "createdAt": BOOKS,
        "registryType": BOOKS,
        "organizationId": BOOKS,
        "serverId": ONE_SERVER,
    },
    "network.create": {
        "serverId": ONE_SERVER,
        **dict.fromkeys(("enableIPv4", "enableIPv6", "mtu", "ipam"), UNUSED),
    },
    "compose.create": {"serverId": ONE_SERVER},
    "compose.update": {
        **dict.fromkeys(("appName", "createdAt", "composeStatus", "refreshToken", "icon"), BOOKS),
        **dict.fromkeys(
            ("suffix", "isolatedDeploymentsVolume"), "without effect while its switch is held off"
        ),
        "triggerType": "without effect while autoDeploy is held off",
    },
    "application.create": {"serverId": ONE_SERVER},
    "application.update": {},
    "domain.create": {"previewDeploymentId": PREVIEWS},
    "dockerImage.removeImage": {"force": "an image in use is a left-over to be told", "serverId": ONE_SERVER},
    "dockerVolume.removeVolume": {"serverId": ONE_SERVER},
}
BY_PREFIX: dict[str, dict[str, str]] = {
    "compose.update": {"gitlab": OTHER_GIT, "bitbucket": OTHER_GIT, "gitea": OTHER_GIT},
    "application.update": {
        "preview": PREVIEWS,
        "isPreview": PREVIEWS,
        "gitlab": OTHER_GIT,
        "bitbucket": OTHER_GIT,
        "gitea": OTHER_GIT,
        "github": BUILDS,
        "customGit": BUILDS,
        "build": BUILDS,
        "docker": BUILDS,
        "drop": BUILDS,
        "railpack": BUILDS,
        "heroku": BUILDS,
        "publish": BUILDS,
        "isStatic": BUILDS,
        "enableSub": BUILDS,
        "watch": BUILDS,
        "repository": BUILDS,
        "owner": BUILDS,
        "branch": BUILDS,
        "trigger": BUILDS,
        "cleanCache": BUILDS,
        "healthCheckSwarm": SWARM,
        "restartPolicySwarm": SWARM,
        "placementSwarm": SWARM,
        "updateConfigSwarm": SWARM,
        "rollbackConfigSwarm": SWARM,
        "rollback": SWARM,
        "modeSwarm": SWARM,
        "labelsSwarm": SWARM,
        "networkSwarm": SWARM,
        "stopGrace": SWARM,
        "endpoint": SWARM,
        "ulimits": SWARM,
        "memory": SWARM,
        "cpu": SWARM,
        "command": SWARM,
        "args": SWARM,
        "networkIds": SWARM,
        "detachDokployNetwork": SWARM,
        "username": "the host's registry login is Dokploy's Registry object",
        "password": "the host's registry login is Dokploy's Registry object",
        "registry": "the host's registry login is Dokploy's Registry object",
        "createEnvFile": UNUSED,
        "appName": BOOKS,
        "applicationStatus": BOOKS,
        "createdAt": BOOKS,
        "refreshToken": BOOKS,
        "title": BOOKS,
        "subtitle": BOOKS,
        "enabled": BOOKS,
        "icon": BOOKS,
    },
}


def _literals() -> Iterator[str]:
    """Procedures that the room's source names, `{kind.noun}.…` spelled out."""
    for path in sorted(ROOM.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value
            if isinstance(node, ast.JoinedStr) and isinstance(node.values[-1], ast.Constant):
                tail = str(node.values[-1].value)
                if tail.startswith(".") and tail[1:].isalpha():
                    yield from (f"compose{tail}", f"application{tail}")


def _called() -> set[str]:
    words = {text for text in _literals() if text.count(".") == 1 and text.split(".")[1].isalpha()}
    return {word for word in words if word.split(".")[0] in NOUN_WORDS}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    if not OPENAPI.exists():
        pytest.skip("the server's OpenAPI document is not here (../shared/dokploy)")
    return dict(json.loads(OPENAPI.read_text())["paths"])


def _fields(document: dict[str, Any], procedure: str) -> set[str]:
    content = document[f"/{procedure}"]["post"]["requestBody"]["content"]
    return set(content["application/json"]["schema"]["properties"])


def _reason(procedure: str, field: str) -> str | None:
    prefixes = BY_PREFIX.get(procedure, {})
    found = next((why for prefix, why in prefixes.items() if field.startswith(prefix)), None)
    return EXEMPT.get(procedure, {}).get(field) or found


def test_s13_every_procedure_that_the_source_names_exists(document: dict[str, Any]) -> None:
    assert {name for name in _called() if f"/{name}" not in document} == set()


def test_s13_every_mutation_that_the_source_names_is_counted(document: dict[str, Any]) -> None:
    mutations = {name for name in _called() if "post" in document.get(f"/{name}", {})}

    assert mutations - SENT.keys() == set()


@pytest.mark.parametrize("procedure", SENT)
def test_s13_every_field_is_sent_or_carries_a_reason(document: dict[str, Any], procedure: str) -> None:
    unknown = {f for f in _fields(document, procedure) - SENT[procedure] if _reason(procedure, f) is None}

    assert unknown == set()


@pytest.mark.parametrize("procedure", SENT)
def test_s13_nothing_is_sent_that_does_not_exist(document: dict[str, Any], procedure: str) -> None:
    """Dokploy drops unknown fields silently: a typo would never fail."""
    assert SENT[procedure] - _fields(document, procedure) == set()


@pytest.mark.parametrize("noun", NOUNS.values(), ids=NOUNS)
def test_s13_what_is_really_sent_is_what_is_counted(
    stage: Stage, noun: Noun, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: dict[str, set[str]] = {}
    post = type(stage.here.client).post

    def note(client: Any, procedure: str, body: dict[str, Any]) -> Any:
        sent.setdefault(procedure, set()).update(body)
        return post(client, procedure, body)

    resource, props = stage.resource(noun), noun.inputs(stage)
    monkeypatch.setattr(type(stage.here.client), "post", note)
    resource.up(props)
    if noun.change:
        resource.up({**props, **noun.change})
    resource.destroy()

    assert [
        (procedure, fields - SENT[procedure])
        for procedure, fields in sent.items()
        if fields - SENT[procedure]
    ] == []
