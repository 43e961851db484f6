"""The one table of image pins, for all layers (C1): compose files and Dockerfiles are tested against it."""

from collections.abc import Mapping
from types import MappingProxyType

from model.errors import ReleaseError
from model.images import ImageRef
from model.services import Service

PINS: Mapping[Service, str] = MappingProxyType(
    {
        Service.POSTGRES: "docker.io/library/postgres:17.6",
        Service.REDIS: "docker.io/library/redis:8.2.1",
        Service.MINIO: "docker.io/minio/minio:RELEASE.2025-09-07T16-13-09Z",
    }
)
"""Of the data tier."""

BASES: Mapping[str, str] = MappingProxyType(
    {
        "python": "docker.io/library/python:3.13.7-slim",
        "node": "docker.io/library/node:24.19.0-slim",
    }
)
"""What the images built from source stand on; a Dockerfile has them as `ARG PYTHON_IMAGE` or `NODE_IMAGE`."""

IMAGES: Mapping[str, str] = MappingProxyType(
    {**{str(service): pin for service, pin in PINS.items()}, **BASES}
)
"""All of them, by service or base."""


def postgres_major(reference: str) -> int:
    """Major version of a PostgreSQL image, for example 17 for `postgres:17.6`.

    Raises:
        ReleaseError: the reference has no tag that starts with a number.
    """
    major = (ImageRef.parse(reference).tag or "").partition(".")[0]
    if not major.isdecimal():
        raise ReleaseError(f"{reference!r} does not say its PostgreSQL version; use a tag like 17.6")
    return int(major)


def require_postgres_major(*, recorded: int | None, reference: str) -> int:
    """The major version that is going to run; data files of another major do not open (C6).

    Args:
        recorded: what the stack ran last, from its outputs; `None` before its first deployment.
        reference: the image that is going to run.

    Raises:
        ReleaseError: they differ; names the playbook.
    """
    major = postgres_major(reference)
    if recorded is not None and recorded != major:
        raise ReleaseError(
            f"this stack's data was written by PostgreSQL {recorded} and the pin is now {major}, which cannot"
            f" open it; nothing was changed. Follow the playbook 'upgrading PostgreSQL' (docs/playbooks.md)"
            f" or set the pin back to {recorded}"
        )
    return major
