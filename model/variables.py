"""The variables of each tier: what its compose template asks for, and nothing else.

Hosts, buckets and addresses are computed from the stack and never read from Vault: a stored DATABASE_URL once
pointed staging at production's database. Only the consumers of a path hold its reference, so that a rotation
redeploys them and nothing else (V4).
"""

from collections.abc import Mapping

from model.envtext import Reference, Value
from model.layers import Stack
from model.naming import Names
from model.services import SERVICES, Service


def data_variables(names: Names, *, images: Mapping[str, str]) -> dict[str, Value]:
    """Variables of the data tier.

    Args:
        names: of the stack.
        images: service to `repo:tag@sha256:…`.
    """
    return {
        **{f"{service.upper()}_IMAGE": images[service] for service in _DATA},
        **{f"{service.upper()}_VOLUME": names.volume(service) for service in _DATA},
        **{f"{service.upper()}_ALIAS": names.alias(service) for service in _DATA},
        "NETWORK": names.network,
        "POSTGRES_DB": names.database,
        "POSTGRES_USER": names.database,
        "POSTGRES_PASSWORD": _secret(names, Service.POSTGRES, "POSTGRES_PASSWORD"),
        "REDIS_PASSWORD": _secret(names, Service.REDIS, "REDIS_PASSWORD"),
        "MINIO_ROOT_USER": _secret(names, Service.MINIO, "MINIO_ROOT_USER"),
        "MINIO_ROOT_PASSWORD": _secret(names, Service.MINIO, "MINIO_ROOT_PASSWORD"),
        "MINIO_BUCKET": names.bucket,
    }


def app_variables(names: Names, *, images: Mapping[str, str], version: str, url: str) -> dict[str, Value]:
    """Variables of the app tier.

    Args:
        names: of the stack.
        images: service to `repo:tag@sha256:…`.
        version: of the release, for display.
        url: public address.
    """
    database = _address(names, Service.POSTGRES)
    cache = _address(names, Service.REDIS)
    return {
        **{f"{service.upper()}_IMAGE": images[service] for service in (Service.BACKEND, Service.FRONTEND)},
        "NETWORK": names.network,
        "ENV": names.stack.name,
        "VERSION": version,
        "PUBLIC_URL": url,
        "DATABASE_URL": (
            f"postgresql://{names.database}:",
            _secret(names, Service.POSTGRES, "POSTGRES_PASSWORD"),
            f"@{database}/{names.database}",
        ),
        "REDIS_URL": ("redis://:", _secret(names, Service.REDIS, "REDIS_PASSWORD"), f"@{cache}/0"),
        "S3_ENDPOINT": f"http://{_address(names, Service.MINIO)}",
        "S3_BUCKET": names.bucket,
        "S3_ACCESS_KEY": _secret(names, Service.MINIO, "MINIO_ROOT_USER"),
        "S3_SECRET_KEY": _secret(names, Service.MINIO, "MINIO_ROOT_PASSWORD"),
        "SECRET_KEY": _secret(names, Service.BACKEND, "SECRET_KEY"),
    }


def preview_variables(stack: Stack, *, commit: str, url: str) -> dict[str, Value]:
    """Variables of a preview. No secret is among them: the compose file itself holds throwaway constants."""
    return {
        "ENV": stack.name,
        "VERSION": f"{stack.name}-{commit[:7]}",
        "GIT_COMMIT": commit,
        "PUBLIC_URL": url,
    }


_DATA = (Service.POSTGRES, Service.REDIS, Service.MINIO)


def _secret(names: Names, service: Service, key: str) -> Reference:
    return Reference(provider=names.vault_provider, path=names.vault_path(service), key=key)


def _address(names: Names, service: Service) -> str:
    return f"{names.alias(service)}:{SERVICES[service].port}"
