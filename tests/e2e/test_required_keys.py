"""What a stack refers to is in Vault, or nothing happens at all: on a new stack and on one that runs."""

from collections.abc import Iterable

import pytest

from tests.e2e.cloud import Cloud, Result
from tests.e2e.looks import running
from tests.e2e.snapshot import staging_runs

pytestmark = pytest.mark.e2e

PLACE = "finance_report/staging"


def take_away(cloud: Cloud) -> None:
    """One key is missing, one path is soft-deleted, one path was never there."""
    kv = cloud.vault_admin.secrets.kv.v2
    kv.create_or_update_secret(
        path=f"{PLACE}/backend", secret={"SECRET_KEYS": "misspelt"}, mount_point="secret"
    )
    kv.delete_latest_version_of_secret(path=f"{PLACE}/postgres", mount_point="secret")
    kv.delete_metadata_and_all_versions(path=f"{PLACE}/minio", mount_point="secret")


def assert_all_are_named(result: Result) -> None:
    shown = result.refused().output
    assert f"secret/{PLACE}/backend (version" in shown
    assert "SECRET_KEY (it has SECRET_KEYS)" in shown
    assert f"secret/{PLACE}/postgres" in shown
    assert "deleted" in shown
    assert f"secret/{PLACE}/minio" in shown
    assert "misspelt" not in shown


def sent(cloud: Cloud, since: int, parts: Iterable[str] = ("dokploy", "github")) -> list[dict[str, object]]:
    return [entry for part in parts for entry in cloud.log(since, part)]


def test_v2_keys_that_are_missing_or_deleted_fail_a_new_stacks_preview_and_nothing_is_sent(
    cloud: Cloud,
) -> None:
    take_away(cloud)
    before = cloud.cursor()

    assert_all_are_named(cloud.preview("staging", release="v1.0.0"))

    assert sent(cloud, before) == []
    assert cloud.resources("staging") == {}


def test_v2_keys_that_are_missing_or_deleted_fail_a_running_stacks_preview_and_up_and_nothing_is_sent(
    cloud: Cloud,
) -> None:
    staging_runs(cloud)
    runs = running(cloud, "finance-report-staging")
    take_away(cloud)
    before = cloud.cursor()

    assert_all_are_named(cloud.preview("staging"))
    assert_all_are_named(cloud.up("staging", release="v1.0.1"))

    assert sent(cloud, before) == []
    assert running(cloud, "finance-report-staging") == runs
    assert cloud.outputs("staging")["release"]["version"] == "v1.0.0"
