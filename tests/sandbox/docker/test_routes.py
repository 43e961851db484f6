"""Routes to tasks are as old as Traefik's: what a release without a drain costs, by a clock of the test's."""

from collections.abc import Iterator

import httpx
import pytest

from sandbox.docker import EngineDocker
from sandbox.docker.mirror import Mirror
from sandbox.ingress import create_app
from sandbox.ingress.proxy import Proxy
from sandbox.world import World
from tests.sandbox.calls import Caller
from tests.sandbox.docker.fakes import Document, FakeEngine, Seconds
from tests.sandbox.ingress.conftest import labels

APP = "app"
LABELS = dict(line.strip('"').split("=", 1) for line in labels("r")[1:-1].split(", "))


def service() -> Document:
    template = {
        "ContainerSpec": {"Image": "ghcr.io/o/r:v1"},
        "Networks": [{"Target": "dokploy-network"}],
    }
    given = {**LABELS, "com.docker.stack.namespace": APP}
    return {"ID": "s", "Spec": {"Name": f"{APP}_backend", "Labels": given, "TaskTemplate": template}}


def task(container: str, *, state: str = "running", desired: str = "running") -> Document:
    return {
        "ID": f"task-{container}",
        "ServiceID": "s",
        "DesiredState": desired,
        "CreatedAt": "2026-11-23T12:00:00Z",
        "Spec": {"ContainerSpec": {"Image": "ghcr.io/o/r:v1"}},
        "Status": {
            "State": state,
            "Timestamp": "2026-11-23T12:00:00Z",
            "ContainerStatus": {"ContainerID": container},
        },
    }


class Containers(httpx.AsyncBaseTransport):
    """What listens, by address; the others refuse."""

    def __init__(self) -> None:
        self.listening: set[str] = set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.host not in self.listening:
            raise httpx.ConnectError("refused")
        return httpx.Response(200, stream=httpx.ByteStream(request.url.host.encode()))


class Swarm:
    """A stack on an Engine that is told what happens, and a client of the ingress before it."""

    def __init__(self, world: World) -> None:
        self.engine, self.seconds, self.containers = FakeEngine(), Seconds(), Containers()
        self.docker = EngineDocker(
            world,
            mirror=Mirror(host="127.0.0.1:5000"),
            config=world.root,
            address="unix:///nowhere",
            connect=lambda: self.engine,
            clock=self.seconds,
        )
        self.docker.belongings.note(app=APP)
        proxy = Proxy(self.docker.routes.address, transport=self.containers)
        app = create_app(world, self.docker, proxy, tables=self.docker.routes.tables)
        self._client = Caller(app, base_url="http://report.example")
        self.engine.swarm_services = [service()]

    def begin(self, container: str, address: str) -> None:
        marks = {"com.docker.swarm.task.id": f"task-{container}", "com.docker.stack.namespace": APP}
        self.engine.put(container, address=address, **marks)
        self.engine.swarm_tasks.append(task(container))
        self.containers.listening.add(address)

    def signal(self, container: str) -> None:
        """What the Engine shows as soon as a task is to stop."""
        self.engine.swarm_tasks = [
            task(container, desired="shutdown")
            if t["Status"]["ContainerStatus"]["ContainerID"] == container
            else t
            for t in self.engine.swarm_tasks
        ]

    def end(self, container: str, address: str) -> None:
        """The program ends, and the container."""
        self.engine.remove(container)
        self.containers.listening.discard(address)

    def seen(self, second: float) -> set[int]:
        """The statuses that a visitor gets at this second."""
        self.seconds.now = second
        self.docker.watch.refresh()
        return {self._client.get("/").status_code for _ in range(4)}


@pytest.fixture
def swarm(world: World) -> Iterator[Swarm]:
    made = Swarm(world)
    yield made
    made.docker.watch.stop()


def test_a_new_service_has_no_route_before_swarm_is_asked_again(swarm: Swarm) -> None:
    assert swarm.seen(0) == {404}
    swarm.begin("a", "10.0.0.1")

    assert swarm.seen(14.9) == {404}
    assert swarm.seen(15) == {200}


def test_r6_a_replica_that_ends_before_swarm_is_asked_again_costs_requests(swarm: Swarm) -> None:
    swarm.begin("a", "10.0.0.1")
    assert swarm.seen(0) == {200}

    swarm.begin("b", "10.0.0.2")
    swarm.signal("a")
    swarm.end("a", "10.0.0.1")

    assert swarm.seen(1) == {502}
    assert swarm.seen(14.9) == {502}
    assert swarm.seen(15) == {200}


def test_r6_one_of_two_that_does_not_drain_costs_its_share(swarm: Swarm) -> None:
    swarm.begin("a", "10.0.0.1")
    swarm.begin("b", "10.0.0.2")
    assert swarm.seen(0) == {200}

    swarm.signal("a")
    swarm.end("a", "10.0.0.1")

    assert swarm.seen(14.9) == {200, 502}
    assert swarm.seen(15) == {200}


def test_r6_a_replica_that_drains_for_longer_than_that_costs_none(swarm: Swarm) -> None:
    swarm.begin("a", "10.0.0.1")
    assert swarm.seen(0) == {200}

    swarm.begin("b", "10.0.0.2")
    swarm.signal("a")

    assert [swarm.seen(second) for second in (1, 14.9, 15, 19.9)] == [{200}] * 4
    swarm.end("a", "10.0.0.1")
    assert swarm.seen(20) == {200}


def test_a_container_of_a_compose_project_is_known_at_once(swarm: Swarm) -> None:
    project = {**LABELS, "com.docker.compose.project": APP, "com.docker.compose.service": "backend"}
    assert swarm.seen(0) == {404}

    swarm.engine.put("c", address="10.0.0.3", **project)
    swarm.containers.listening.add("10.0.0.3")
    assert swarm.seen(1) == {200}
    swarm.end("c", "10.0.0.3")
    assert swarm.seen(2) == {404}
