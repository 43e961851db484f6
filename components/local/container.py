"""A compose service as pulumi-docker's container: each key that the reader knows, in its place here."""

from collections.abc import Mapping
from datetime import timedelta

import pulumi_docker as docker

from components.local.plan import ATTEMPT, LocalPlan
from model.local.amounts import MEBIBYTE, in_docker
from model.local.service import Healthcheck, Mount, Service

# As with `docker compose stop`; pulumi-docker would kill at once, and a database would have to recover.
_GRACE = timedelta(seconds=10)


def arguments(
    plan: LocalPlan,
    name: str,
    *,
    image: docker.RemoteImage,
    network: docker.Network,
    volumes: Mapping[str, docker.Volume],
) -> docker.ContainerArgs:
    """The container of a service.

    Args:
        plan: of the stack.
        name: the service.
        image: what it runs.
        network: the stack's own.
        volumes: name in the compose file to volume.
    """
    service = plan.compose.services[name]
    logging = service.logging
    grace = service.stop_grace_period
    return docker.ContainerArgs(
        name=plan.container(name),
        image=image.image_id,
        command=list(service.command) if service.command else None,
        entrypoints=list(service.entrypoint) if service.entrypoint else None,
        envs=[f"{variable}={value}" for variable, value in sorted(service.environment.items())],
        user=service.user,
        working_dir=service.working_dir,
        init=bool(service.init),
        read_only=service.read_only,
        restart=service.restart,
        stop_signal=service.stop_signal,
        stop_timeout=round(grace.total_seconds()) if grace else None,
        destroy_grace_seconds=round((grace or _GRACE).total_seconds()),
        healthcheck=_healthcheck(service.healthcheck) if service.healthcheck else None,
        # Not as `network_mode` too: an Engine of API 1.41 then forgets the aliases (measured 2026-11-23).
        networks_advanced=[
            docker.ContainerNetworksAdvancedArgs(name=network.name, aliases=sorted({name, *service.aliases}))
        ],
        ports=_ports(service),
        mounts=[_mount(mount, volumes) for _, mount in sorted(service.volumes.items())],
        tmpfs=dict(_tmpfs(entry) for entry in sorted(service.tmpfs)) or None,
        log_driver=logging.driver if logging else None,
        log_opts=logging.options if logging else None,
        memory=service.mem_limit // MEBIBYTE if service.mem_limit else None,
        shm_size=service.shm_size // MEBIBYTE if service.shm_size else None,
        cpus=str(service.cpus) if service.cpus else None,
        labels=[
            docker.ContainerLabelArgs(label=label, value=value or "")
            for label, value in sorted(
                {**service.labels, **plan.identity.labels, ATTEMPT: plan.attempts[name]}.items()
            )
        ],
    )


def _healthcheck(check: Healthcheck) -> docker.ContainerHealthcheckArgs:
    """What is left out comes from the image, as with Compose."""
    return docker.ContainerHealthcheckArgs(
        tests=list(check.test),
        interval=in_docker(check.interval) if check.interval else None,
        timeout=in_docker(check.timeout) if check.timeout else None,
        start_period=in_docker(check.start_period) if check.start_period else None,
        retries=check.retries,
    )


def _ports(service: Service) -> list[docker.ContainerPortArgs] | None:
    """In the order in which a refresh reads them."""
    ports = sorted(service.ports, key=lambda port: (port.target, port.protocol, port.published))
    return [
        docker.ContainerPortArgs(
            internal=port.target, external=port.published, ip=port.host_ip, protocol=port.protocol
        )
        for port in ports
    ] or None


def _mount(mount: Mount, volumes: Mapping[str, docker.Volume]) -> docker.ContainerMountArgs:
    size = mount.tmpfs.size
    return docker.ContainerMountArgs(
        type=mount.type,
        target=mount.target,
        source=volumes[mount.source].name if mount.type == "volume" else mount.source or None,
        read_only=mount.read_only,
        tmpfs_options=docker.ContainerMountTmpfsOptionsArgs(size_bytes=size) if size else None,
    )


def _tmpfs(entry: str) -> tuple[str, str]:
    path, _, options = entry.partition(":")
    return path, options
