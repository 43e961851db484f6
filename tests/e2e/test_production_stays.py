"""Nobody takes production away with one command."""

import pytest

from tests.e2e.cloud import Cloud
from tests.e2e.test_journey import PRODUCTION, version

pytestmark = pytest.mark.e2e


def made(cloud: Cloud) -> set[str]:
    """Resources of production, without the engine's own entries for plugins."""
    found = cloud.resources("production").items()
    return {name for name, one in found if not one["type"].startswith("pulumi:providers:")}


def test_a_destroy_of_production_deletes_nothing(cloud: Cloud) -> None:
    cloud.up("staging", release="v1.0.0").ok()
    cloud.up("production", release="v1.0.0").ok()
    before = made(cloud)

    refused = cloud.destroy("production").refused()

    assert "production-app-deployment" in refused.output
    assert "is protected" in refused.output
    assert made(cloud) == before
    assert version(cloud, PRODUCTION) == "v1.0.0"
    cloud.up("production", "--refresh", "--expect-no-changes").ok()
