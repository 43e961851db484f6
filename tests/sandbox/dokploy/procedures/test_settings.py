import pytest

from tests.sandbox.dokploy.rig import Rig

pytestmark = pytest.mark.anyio


async def test_the_version_is_the_one_that_was_measured(rig: Rig) -> None:
    assert await rig.ok("settings.getDokployVersion") == "v0.30.2"
