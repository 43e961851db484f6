import pytest

from tests.sandbox.dokploy.rig import Rig

pytestmark = pytest.mark.anyio


async def test_containers_are_the_hosts(rig: Rig) -> None:
    row = {"containerId": "abc", "name": "app-web-1", "state": "running", "status": "Up 2 seconds (healthy)"}
    rig.docker.rows = {"docker-compose": [row], "tasks": [{"containerId": "task"}]}
    rig.docker.inspected = {"Id": "abc"}

    fields = {"appName": "app", "appType": "docker-compose"}
    assert await rig.ok("docker.getContainersByAppNameMatch", **fields) == [row]
    assert await rig.ok("docker.getStackContainersByAppName", appName="app") == [{"containerId": "task"}]
    assert await rig.ok("docker.getServiceContainersByAppName", appName="app_web") == [
        {"containerId": "task"}
    ]
    assert await rig.ok("docker.getConfig", containerId="abc") == {"Id": "abc"}
    rig.docker.inspected = None
    await rig.refused("docker.getConfig", 404, containerId="abc")
