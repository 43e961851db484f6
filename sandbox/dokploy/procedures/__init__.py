"""The procedures by name; one module per noun."""

from sandbox.dokploy.call import Procedure
from sandbox.dokploy.procedures import (
    application,
    application_save,
    compose,
    compose_logs,
    compose_run,
    deployment,
    docker,
    docker_image,
    docker_volume,
    domain,
    elsewhere,
    environment,
    mounts,
    network,
    organization,
    project,
    registry,
    settings,
    ssh_key,
    user,
    vault_provider,
)

_MODULES = (
    application,
    application_save,
    compose,
    compose_logs,
    compose_run,
    deployment,
    docker,
    docker_image,
    docker_volume,
    domain,
    elsewhere,
    environment,
    mounts,
    network,
    organization,
    project,
    registry,
    settings,
    ssh_key,
    user,
    vault_provider,
)

PROCEDURES: dict[str, Procedure] = {
    procedure.name: procedure for module in _MODULES for procedure in module.PROCEDURES
}
