from collections.abc import Iterator

import pytest

from tests.dokploy_provider.seam import Seam
from tests.dokploy_provider.server import KEY, Dokploy


@pytest.fixture(scope="package")
def _process(_served: Dokploy) -> Iterator[Seam]:
    env = {
        "DOKPLOY_URL": _served.url,
        "DOKPLOY_API_KEY": KEY,
        "REGISTRY_PASSWORD": "registry-password",
        "STRATA_POLL_SECONDS": "0.02",
        "STRATA_SETTLE_SECONDS": "0",
    }
    with Seam(env) as seam:
        yield seam


@pytest.fixture
def seam(_process: Seam, dokploy: Dokploy) -> Seam:
    """The SDK's provider process on an empty Dokploy."""
    return _process
