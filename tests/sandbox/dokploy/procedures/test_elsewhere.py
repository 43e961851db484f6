import pytest

from tests.sandbox.dokploy.rig import Rig

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("name", ["server.all", "gitProvider.getAll", "github.githubProviders"])
async def test_there_is_one_server_and_no_git_provider(rig: Rig, name: str) -> None:
    assert await rig.ok(name) == []
