"""Rotated secrets on a running database, cache and store (V4)."""

from typing import Any

import pytest

from tests.containers.staging import Staging
from tests.e2e.looks import ask, running, variable
from tests.e2e.test_rotation import made_anew, rotate, volumes

STACK = "finance-report-staging"


def in_container(staging: Staging, service: str, *words: str, **variables: str) -> Any:
    """A command in the service's only container."""
    (container,) = running(staging.cloud, STACK)[service]
    given = [word for name, value in variables.items() for word in ("--env", f"{name}={value}")]
    return staging.cloud.run("docker", "exec", *given, container, *words)


def logs_in(staging: Staging, password: str) -> bool:
    """Whether PostgreSQL takes a password from elsewhere than its own socket."""
    query = 'exec psql -h "$(hostname)" -U finance_report -d finance_report -c "SELECT 1"'
    return bool(in_container(staging, "postgres", "sh", "-c", query, PGPASSWORD=password).code == 0)


def test_v4_a_rotated_database_password_keeps_the_rows_and_the_application_connected(
    staging: Staging,
) -> None:
    staging.account("before the rotation")
    before, disks = running(staging.cloud, STACK), volumes(staging.cloud)
    (database,) = before["postgres"]
    old = variable(staging.cloud, database, "POSTGRES_PASSWORD")
    assert old is not None
    assert logs_in(staging, old)

    rotate(staging.cloud, "postgres", "POSTGRES_PASSWORD", "rotated-database-password")
    staging.up().ok()

    after = running(staging.cloud, STACK)
    assert made_anew(before, after) == {"postgres", "backend"}
    assert logs_in(staging, "rotated-database-password")
    assert not logs_in(staging, old)
    assert volumes(staging.cloud).keys() == disks.keys()
    assert staging.health()["checks"]["database"] == "ok"
    assert "before the rotation" in staging.accounts()


@pytest.mark.parametrize(
    ("service", "key", "check"),
    [("redis", "REDIS_PASSWORD", "cache"), ("minio", "MINIO_ROOT_PASSWORD", "storage")],
)
def test_v4_a_rotated_password_of_cache_and_store_reaches_exactly_its_consumers(
    staging: Staging, service: str, key: str, check: str
) -> None:
    path = f"finance_report/staging/{service}"
    vault = staging.cloud.vault_admin.secrets.kv.v2
    kept = vault.read_secret_version(path=path, mount_point="secret", raise_on_deleted_version=True)
    before = running(staging.cloud, STACK)

    vault.create_or_update_secret(
        path=path, secret={**kept["data"]["data"], key: f"rotated-{service}-password"}, mount_point="secret"
    )
    staging.up().ok()

    assert made_anew(before, running(staging.cloud, STACK)) == {service, "backend"}
    assert staging.health()["checks"][check] == "ok"


def test_v1_no_password_is_in_what_docker_lists(staging: Staging) -> None:
    (database,) = running(staging.cloud, STACK)["postgres"]
    config = ask(staging.cloud, "docker.getConfig", containerId=database)["Config"]
    password = dict(line.split("=", 1) for line in config["Env"])["POSTGRES_PASSWORD"]

    listed = staging.cloud.run("docker", "ps", "--all", "--no-trunc").ok().output
    processes = in_container(staging, "postgres", "sh", "-c", "cat /proc/[0-9]*/cmdline").ok().output

    assert "postgres" in processes
    assert password not in listed + processes
