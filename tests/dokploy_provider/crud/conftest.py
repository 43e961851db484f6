import pytest

from tests.dokploy_provider.stage import Stage
from tests.dokploy_provider.tier import PROBE, Tier


@pytest.fixture(params=["docker-compose", "stack"])
def tier(stage: Stage, request: pytest.FixtureRequest) -> Tier:
    """The tier under test, of both types."""
    return Tier(stage, stack=request.param == "stack", probes=[PROBE])


@pytest.fixture
def app(stage: Stage) -> Tier:
    """A tier where the type does not matter."""
    return Tier(stage)
