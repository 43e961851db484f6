"""The columns of an application: what `update` takes, and what a new row holds."""

from typing import Any

from sandbox.dokploy.procedures.fields import NULLABLE, OPTIONAL, OPTIONAL_NAME, TEXT
from sandbox.dokploy.schema import Choice, Field, Flag, ListOf, Number, Record, Text


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_NUMBER = Number(optional=True, nested=True)
_LIST = ListOf(item=TEXT, optional=True)
_NULLABLE_LIST = ListOf(item=TEXT, optional=True, nullable=True)
_UPDATE_CONFIG = Record(
    fields={
        "Parallelism": Number(nested=True),
        "Delay": _NUMBER,
        "FailureAction": OPTIONAL,
        "Monitor": _NUMBER,
        "MaxFailureRatio": _NUMBER,
        "Order": TEXT,
    },
    strict=True,
    optional=True,
    nullable=True,
)


def _swarm(**fields: Field) -> Record:
    """A part of a swarm service's specification: Docker's names, nothing else."""
    return Record(fields=fields, strict=True, optional=True, nullable=True)


_EMPTY = Record(fields={}, optional=True)

_SWARM: dict[str, Field] = {
    "healthCheckSwarm": _swarm(
        Test=_LIST, Interval=_NUMBER, Timeout=_NUMBER, StartPeriod=_NUMBER, Retries=_NUMBER
    ),
    "restartPolicySwarm": _swarm(Condition=OPTIONAL, Delay=_NUMBER, MaxAttempts=_NUMBER, Window=_NUMBER),
    "placementSwarm": _swarm(
        Constraints=_LIST,
        Preferences=ListOf(item=Record(fields={}, open=True), optional=True),
        MaxReplicas=_NUMBER,
        Platforms=ListOf(item=Record(fields={"Architecture": TEXT, "OS": TEXT}, strict=True), optional=True),
    ),
    "updateConfigSwarm": _UPDATE_CONFIG,
    "rollbackConfigSwarm": _UPDATE_CONFIG,
    "modeSwarm": _swarm(
        Replicated=Record(fields={"Replicas": _NUMBER}, strict=True, optional=True),
        Global=_EMPTY,
        ReplicatedJob=Record(
            fields={"MaxConcurrent": _NUMBER, "TotalCompletions": _NUMBER}, strict=True, optional=True
        ),
        GlobalJob=_EMPTY,
    ),
    "labelsSwarm": Record(fields={}, open=True, optional=True, nullable=True),
    "networkSwarm": ListOf(
        item=Record(
            fields={
                "Target": OPTIONAL,
                "Aliases": _LIST,
                "DriverOpts": Record(fields={}, open=True, optional=True),
            },
            strict=True,
        ),
        optional=True,
        nullable=True,
    ),
    "stopGracePeriodSwarm": Number(optional=True, nullable=True),
    "endpointSpecSwarm": _swarm(
        Mode=OPTIONAL, Ports=ListOf(item=Record(fields={}, open=True), optional=True)
    ),
    "ulimitsSwarm": ListOf(
        item=Record(
            fields={"Name": Text(least=1), "Soft": Number(nested=True), "Hard": Number(nested=True)},
            strict=True,
        ),
        optional=True,
        nullable=True,
    ),
}

_TEXTS = _words(
    "description env previewEnv previewBuildArgs previewBuildSecrets previewWildcard previewPath"
    " previewCustomCertResolver buildArgs buildSecrets memoryReservation memoryLimit cpuReservation"
    " cpuLimit title subtitle command refreshToken repository owner branch buildPath gitlabRepository"
    " gitlabOwner gitlabBranch gitlabBuildPath gitlabPathNamespace giteaRepository giteaOwner"
    " giteaBranch giteaBuildPath bitbucketRepository bitbucketRepositorySlug bitbucketOwner"
    " bitbucketBranch bitbucketBuildPath username password dockerImage registryUrl customGitUrl"
    " customGitBranch customGitBuildPath customGitSSHKeyId dockerfile dockerContextPath"
    " dockerBuildStage dropBuildPath railpackVersion herokuVersion publishDirectory registryId"
    " rollbackRegistryId githubId gitlabId giteaId bitbucketId buildServerId buildRegistryId icon"
)
_FLAGS = _words(
    "isPreviewDeploymentsActive previewRequireCollaboratorPermissions rollbackActive enabled"
    " cleanCache autoDeploy isStaticSpa"
)
_PLAIN_FLAGS = ("previewHttps", "enableSubmodules", "createEnvFile", "detachDokployNetwork")
BUILD_TYPES = ("dockerfile", "heroku_buildpacks", "paketo_buildpacks", "nixpacks", "static", "railpack")

COLUMNS: dict[str, Field] = {
    "name": OPTIONAL_NAME,
    **dict.fromkeys(_TEXTS, NULLABLE),
    **dict.fromkeys(_FLAGS, Flag(optional=True, nullable=True)),
    **dict.fromkeys(_PLAIN_FLAGS, Flag(optional=True)),
    **dict.fromkeys(("watchPaths", "previewLabels", "args", "networkIds"), _NULLABLE_LIST),
    **dict.fromkeys(("previewPort", "previewLimit", "gitlabProjectId"), Number(optional=True, nullable=True)),
    "replicas": Number(optional=True),
    "previewCertificateType": Choice(of=("letsencrypt", "none", "custom"), optional=True),
    "sourceType": Choice(
        of=("github", "docker", "git", "gitlab", "bitbucket", "gitea", "drop"), optional=True
    ),
    "triggerType": Choice(of=("push", "tag"), optional=True, nullable=True),
    "applicationStatus": Choice(of=("idle", "running", "done", "error"), optional=True),
    "buildType": Choice(of=BUILD_TYPES, optional=True),
    "createdAt": OPTIONAL,
    "environmentId": OPTIONAL,
    **_SWARM,
}

FOREIGN_KEYS = _words(
    "registryId rollbackRegistryId buildRegistryId environmentId githubId gitlabId giteaId"
    " bitbucketId buildServerId customGitSSHKeyId"
)

DEFAULTS: dict[str, Any] = {
    "applicationId": None,
    "appName": None,
    **dict.fromkeys(COLUMNS),
    "previewPort": 3000,
    "previewHttps": False,
    "previewPath": "/",
    "previewCertificateType": "none",
    "previewLimit": 3,
    "isPreviewDeploymentsActive": False,
    "previewRequireCollaboratorPermissions": True,
    "rollbackActive": False,
    "cleanCache": False,
    "triggerType": "push",
    "autoDeploy": True,
    **dict.fromkeys(("buildPath", "gitlabBuildPath", "giteaBuildPath", "bitbucketBuildPath"), "/"),
    "enableSubmodules": False,
    "dockerfile": "Dockerfile",
    "replicas": 1,
    "applicationStatus": "idle",
    "buildType": "nixpacks",
    "railpackVersion": "0.15.4",
    "herokuVersion": "24",
    "createEnvFile": True,
    "serverId": None,
    "networkIds": [],
    "detachDokployNetwork": False,
}
