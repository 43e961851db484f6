"""`application.save…`: procedures that want all of their fields; `application.update` does the same."""

from functools import partial
from typing import Any

from sandbox.dokploy.call import Call, Data, mutation
from sandbox.dokploy.errors import ServerError, failed_update
from sandbox.dokploy.procedures.application_fields import BUILD_TYPES, DEFAULTS, FOREIGN_KEYS
from sandbox.dokploy.procedures.fields import NAME, NULLABLE, REQUIRED_NULLABLE, TEXT
from sandbox.dokploy.procedures.looks import application_of
from sandbox.dokploy.schema import Choice, Flag, ListOf


def refuse_strange_keys(call: Call, key: str, changes: Data) -> None:
    """Answer as for a foreign key that names nothing."""
    strange = [name for name in FOREIGN_KEYS if changes.get(name) is not None]
    if any(not _exists(call, name, changes) for name in strange):
        raise ServerError(failed_update("application", list(DEFAULTS), changes, key=("applicationId", key)))


def _exists(call: Call, name: str, changes: Data) -> bool:
    tables = {"registryId": call.state.registry, "environmentId": call.state.environment}
    tables["customGitSSHKeyId"] = call.state.ssh_key
    return name in tables and str(changes.get(name)) in tables[name]


async def _save(call: Call, data: Data, **implied: Any) -> Any:
    """One of the `save…` procedures, which want all of their fields."""
    application_of(call.state, data["applicationId"])
    call.may_use(data["applicationId"])
    changes = {name: value for name, value in data.items() if name != "applicationId"} | implied
    refuse_strange_keys(call, data["applicationId"], changes)
    call.state.application.patch(data["applicationId"], **changes)
    return True


PROCEDURES = (
    mutation(
        "application.saveEnvironment",
        _save,
        applicationId=TEXT,
        env=REQUIRED_NULLABLE,
        buildArgs=REQUIRED_NULLABLE,
        buildSecrets=REQUIRED_NULLABLE,
        createEnvFile=Flag(bare=True),
    ),
    mutation(
        "application.saveDockerProvider",
        partial(_save, sourceType="docker", applicationStatus="idle"),
        dockerImage=REQUIRED_NULLABLE,
        applicationId=TEXT,
        username=REQUIRED_NULLABLE,
        password=REQUIRED_NULLABLE,
        registryUrl=REQUIRED_NULLABLE,
    ),
    mutation(
        "application.saveBuildType",
        _save,
        applicationId=TEXT,
        buildType=Choice(of=BUILD_TYPES),
        dockerfile=REQUIRED_NULLABLE,
        dockerContextPath=REQUIRED_NULLABLE,
        dockerBuildStage=REQUIRED_NULLABLE,
        herokuVersion=REQUIRED_NULLABLE,
        railpackVersion=REQUIRED_NULLABLE,
        publishDirectory=NULLABLE,
        isStaticSpa=Flag(optional=True, nullable=True),
    ),
    mutation(
        "application.saveGitProvider",
        partial(_save, sourceType="git", applicationStatus="idle"),
        applicationId=TEXT,
        customGitBuildPath=REQUIRED_NULLABLE,
        watchPaths=ListOf(item=TEXT, nullable=True, bare=True),
        customGitBranch=NAME,
        customGitUrl=NULLABLE,
        customGitSSHKeyId=NULLABLE,
        enableSubmodules=Flag(optional=True),
    ),
    mutation(
        "application.saveGithubProvider",
        partial(_save, sourceType="github", applicationStatus="idle"),
        applicationId=TEXT,
        repository=REQUIRED_NULLABLE,
        owner=REQUIRED_NULLABLE,
        branch=NAME,
        buildPath=REQUIRED_NULLABLE,
        githubId=REQUIRED_NULLABLE,
        triggerType=Choice(of=("push", "tag"), nullable=True, bare=True),
        watchPaths=ListOf(item=TEXT, optional=True, nullable=True),
        enableSubmodules=Flag(optional=True),
    ),
)
