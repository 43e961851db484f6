"""What Vault holds is in Vault and in containers only: not in state, history, stack files, nor printed."""

import pytest

from tests.e2e.cloud import Cloud

pytestmark = pytest.mark.e2e

SERVICES = ("backend", "postgres", "redis", "minio")


def held(cloud: Cloud) -> list[str]:
    """Every secret value of staging, and the credentials of the run."""
    values: list[str] = []
    for service in SERVICES:
        answer = cloud.vault_admin.secrets.kv.v2.read_secret_version(
            path=f"finance_report/staging/{service}", mount_point="secret", raise_on_deleted_version=True
        )
        values += answer["data"]["data"].values()
    names = ("DOKPLOY_API_KEY", "VAULT_TOKEN", "GITHUB_TOKEN", "REGISTRY_PASSWORD")
    return values + [cloud.environment[name] for name in names]


def test_v1_no_secret_is_in_any_file_or_output(cloud: Cloud) -> None:
    printed = "".join(
        result.output
        for result in (
            cloud.preview("staging", release="v1.0.0"),
            cloud.up("staging", "--debug", release="v1.0.0"),
            cloud.refresh("staging"),
        )
    )
    written = b"".join(path.read_bytes() for path in cloud.files())

    values = held(cloud)
    assert len(values) > len(SERVICES)
    assert all(values)
    assert [value for value in values if value in printed or value.encode() in written] == []
