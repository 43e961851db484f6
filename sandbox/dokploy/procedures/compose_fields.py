"""The columns of a compose service: what `update` takes, and what a new row holds."""

from sandbox.dokploy.procedures.fields import NULLABLE, OPTIONAL, OPTIONAL_NAME, TEXT
from sandbox.dokploy.schema import Choice, Field, Flag, ListOf, Number, Record, Text
from sandbox.store import Document

SOURCES = ("git", "github", "gitlab", "bitbucket", "gitea", "raw")
TYPES = ("docker-compose", "stack")
FOREIGN_KEYS = ("githubId", "gitlabId", "bitbucketId", "giteaId", "customGitSSHKeyId", "environmentId")

UPDATE: dict[str, Field] = {
    "composeId": TEXT,
    "name": OPTIONAL_NAME,
    "description": NULLABLE,
    "env": NULLABLE,
    "composeFile": OPTIONAL,
    "refreshToken": NULLABLE,
    "sourceType": Choice(of=SOURCES, optional=True),
    "composeType": Choice(of=TYPES, optional=True),
    "repository": NULLABLE,
    "owner": NULLABLE,
    "branch": NULLABLE,
    "autoDeploy": Flag(optional=True, nullable=True),
    "gitlabProjectId": Number(optional=True, nullable=True),
    "gitlabRepository": NULLABLE,
    "gitlabOwner": NULLABLE,
    "gitlabBranch": NULLABLE,
    "gitlabPathNamespace": NULLABLE,
    "bitbucketRepository": NULLABLE,
    "bitbucketRepositorySlug": NULLABLE,
    "bitbucketOwner": NULLABLE,
    "bitbucketBranch": NULLABLE,
    "giteaRepository": NULLABLE,
    "giteaOwner": NULLABLE,
    "giteaBranch": NULLABLE,
    "customGitUrl": NULLABLE,
    "customGitBranch": NULLABLE,
    "customGitSSHKeyId": NULLABLE,
    "command": OPTIONAL,
    "createEnvFile": Flag(optional=True),
    "enableSubmodules": Flag(optional=True),
    "composePath": OPTIONAL_NAME,
    "suffix": OPTIONAL,
    "randomize": Flag(optional=True),
    "isolatedDeployment": Flag(optional=True),
    "isolatedDeploymentsVolume": Flag(optional=True),
    "triggerType": Choice(of=("push", "tag"), optional=True, nullable=True),
    "composeStatus": Choice(of=("idle", "running", "done", "error"), optional=True),
    "icon": Text(optional=True, nullable=True, most=2_097_152),
    "environmentId": OPTIONAL,
    "createdAt": OPTIONAL,
    "watchPaths": ListOf(item=TEXT, optional=True, nullable=True),
    "githubId": NULLABLE,
    "gitlabId": NULLABLE,
    "bitbucketId": NULLABLE,
    "giteaId": NULLABLE,
    "serviceNetworks": ListOf(
        item=Record(
            fields={"serviceName": TEXT, "networkIds": ListOf(item=TEXT), "detachDokployNetwork": Flag()}
        ),
        optional=True,
        nullable=True,
    ),
}


DEFAULTS: Document = {
    "composeId": None,
    "name": None,
    "appName": None,
    **dict.fromkeys(name for name in UPDATE if name not in ("composeId", "name", "serviceNetworks")),
    "composeFile": "",
    "sourceType": "github",
    "composeType": "docker-compose",
    "autoDeploy": True,
    "command": "",
    "createEnvFile": True,
    "enableSubmodules": False,
    "composePath": "./docker-compose.yml",
    "suffix": "",
    "randomize": False,
    "isolatedDeployment": False,
    "isolatedDeploymentsVolume": False,
    "triggerType": "push",
    "composeStatus": "idle",
    "serverId": None,
    "serviceNetworks": [],
}
