"""The five services: where they listen, which tier they belong to, which secrets they need."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from model.naming import Names


class Service(StrEnum):
    """The services of the application; also their names in every compose file."""

    POSTGRES = "postgres"
    REDIS = "redis"
    MINIO = "minio"
    BACKEND = "backend"
    FRONTEND = "frontend"


class Tier(StrEnum):
    """What is deployed as one compose; a preview has everything in one."""

    DATA = "data"
    APP = "app"
    PREVIEW = "preview"


class ComposeType(StrEnum):
    """How Dokploy runs a compose file; its own words."""

    DOCKER_COMPOSE = "docker-compose"
    STACK = "stack"


@dataclass(frozen=True, kw_only=True)
class ServiceSpec:
    """What all layers know of a service.

    Attributes:
        tier: in staging and production.
        port: where it listens inside its container.
        secret_keys: what must be at its Vault path; empty: it has no path.
        volume: whether it keeps data.
    """

    tier: Tier
    port: int
    secret_keys: frozenset[str] = frozenset()
    volume: bool = False


SERVICES: Mapping[Service, ServiceSpec] = MappingProxyType(
    {
        Service.POSTGRES: ServiceSpec(
            tier=Tier.DATA, port=5432, secret_keys=frozenset({"POSTGRES_PASSWORD"}), volume=True
        ),
        Service.REDIS: ServiceSpec(
            tier=Tier.DATA, port=6379, secret_keys=frozenset({"REDIS_PASSWORD"}), volume=True
        ),
        Service.MINIO: ServiceSpec(
            tier=Tier.DATA,
            port=9000,
            secret_keys=frozenset({"MINIO_ROOT_USER", "MINIO_ROOT_PASSWORD"}),
            volume=True,
        ),
        Service.BACKEND: ServiceSpec(tier=Tier.APP, port=8000, secret_keys=frozenset({"SECRET_KEY"})),
        Service.FRONTEND: ServiceSpec(tier=Tier.APP, port=3000),
    }
)


COMPOSE_TYPES: Mapping[Tier, ComposeType] = MappingProxyType(
    {
        Tier.DATA: ComposeType.DOCKER_COMPOSE,
        # Only a stack starts the new before it stops the old; docker-compose leaves a gap of 1.3 s.
        Tier.APP: ComposeType.STACK,
        Tier.PREVIEW: ComposeType.DOCKER_COMPOSE,
    }
)


def in_tier(tier: Tier) -> tuple[Service, ...]:
    """The services of a tier, in the order of the table; a preview has all."""
    return tuple(service for service, spec in SERVICES.items() if tier in (spec.tier, Tier.PREVIEW))


def required_secrets(names: Names) -> Mapping[str, frozenset[str]]:
    """Vault path to the keys that must be there before anything is deployed.

    One path a service: versions count per path, so that a rotation redeploys its own consumers only.
    Empty for stacks without Vault.
    """
    if names.vault_env is None:
        return {}
    return {
        names.vault_path(service): spec.secret_keys for service, spec in SERVICES.items() if spec.secret_keys
    }
