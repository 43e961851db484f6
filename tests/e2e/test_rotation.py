"""A secret that was rotated in Vault: seen in the preview, brought to its consumers and to nothing else."""

from collections.abc import Mapping

import pytest

from tests.e2e.cloud import Cloud
from tests.e2e.looks import records, running, variable
from tests.e2e.snapshot import staging_runs
from tests.e2e.test_journey import STAGING, version

pytestmark = pytest.mark.e2e

STACK = "finance-report-staging"
DATA, APP = f"{STACK}-data", f"{STACK}-app"


def rotate(cloud: Cloud, service: str, key: str, value: str) -> None:
    cloud.vault_admin.secrets.kv.v2.create_or_update_secret(
        path=f"finance_report/staging/{service}", secret={key: value}, mount_point="secret"
    )


def made_anew(before: Mapping[str, frozenset[str]], after: Mapping[str, frozenset[str]]) -> set[str]:
    """Services none of whose containers is one of before; a service with some of both fails."""
    assert before.keys() == after.keys()
    assert [s for s in after if after[s] != before[s] and after[s] & before[s]] == []
    return {service for service in after if after[service] != before[service]}


def volumes(cloud: Cloud) -> dict[str, str]:
    rows = cloud.control.get("/engine").raise_for_status().json()["volumes"]
    return {row["Name"]: row["CreatedAt"] for row in rows}


def deployed(cloud: Cloud) -> tuple[int, int]:
    """How often the data tier and the app tier were deployed."""
    return len(records(cloud, DATA)), len(records(cloud, APP))


def test_v4_a_rotated_secret_shows_as_a_version_and_reaches_exactly_its_consumers_once(cloud: Cloud) -> None:
    staging_runs(cloud)
    at_first, disks = running(cloud, STACK), volumes(cloud)
    assert deployed(cloud) == (1, 1)

    rotate(cloud, "backend", "SECRET_KEY", "rotated-application-key")
    shown = cloud.preview("staging").ok().stdout

    assert "~ finance_report/staging/backend : 1 => 2" in shown
    assert shown.count("=> 2") == 2, "once at the deployment and once in the outputs"
    assert "~ pulumi-python:dynamic/dokploy:Compose" not in shown
    assert "rotated-application-key" not in shown

    cloud.up("staging").ok()
    with_new_key = running(cloud, STACK)
    assert made_anew(at_first, with_new_key) == {"backend"}
    assert deployed(cloud) == (1, 2)
    for container in with_new_key["backend"]:
        assert variable(cloud, container, "SECRET_KEY") == "rotated-application-key"

    rotate(cloud, "postgres", "POSTGRES_PASSWORD", "rotated-database-password")
    shown = cloud.up("staging", "--diff").ok().stdout

    assert shown.count("finance_report/staging/postgres: 1 => 2") == 3, "database, backend, outputs"
    with_new_password = running(cloud, STACK)
    assert made_anew(with_new_key, with_new_password) == {"postgres", "backend"}
    assert deployed(cloud) == (2, 3)
    (database,) = with_new_password["postgres"]
    assert variable(cloud, database, "POSTGRES_PASSWORD") == "rotated-database-password"
    for container in with_new_password["backend"]:
        url = variable(cloud, container, "DATABASE_URL")
        assert url is not None
        assert ":rotated-database-password@finance-report-db-staging:5432/" in url
    assert volumes(cloud) == disks
    assert version(cloud, STAGING) == "v1.0.0"

    cloud.up("staging", "--expect-no-changes").ok()
