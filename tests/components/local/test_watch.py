"""Waiting for health, on a clock of the test's own."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from components.local import builds
from components.local.watch import ServiceFailed, Watch, limit_of
from tests.components.local.docker import FakeDocker, inspected
from tests.components.local.plans import plan


@dataclass(kw_only=True)
class Stage:
    """A stack whose containers change as its time goes by.

    Attributes:
        later: what happens when so many seconds have passed.
    """

    stack: str = "local"
    docker: FakeDocker = field(default_factory=FakeDocker)
    later: dict[float, Callable[[], object]] = field(default_factory=dict)
    now: float = 0.0

    def __post_init__(self) -> None:
        self.watch = Watch(plan(self.stack, self.docker), sleep=self.sleep, clock=lambda: self.now)

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        for moment in [moment for moment in self.later if moment <= self.now]:
            self.later.pop(moment)()
        await asyncio.sleep(0)

    def has(self, service: str, **state: object) -> Callable[[], object]:
        """Something that happens later: a container is like this from then on."""
        name = f"small-{self.stack}-{service}"

        def happen() -> None:
            self.docker.there = [one for one in self.docker.there if one["Name"] != f"/{name}"]
            self.docker.there.append(inspected(name, **state))  # type: ignore[arg-type]  # as given

        return happen


def failure(work: Awaitable[object]) -> str:
    async def run() -> str:
        with pytest.raises(ServiceFailed) as caught:
            await work
        return str(caught.value)

    return asyncio.run(run())


def test_a_healthy_container_ends_the_wait() -> None:
    stage = Stage()
    stage.has("store", health="starting")()
    stage.later[7.0] = stage.has("store")

    asyncio.run(stage.watch.healthy("store"))

    assert stage.now == 7.0


def test_a_container_that_ended_is_not_waited_for_and_its_lines_are_shown() -> None:
    stage = Stage(docker=FakeDocker(logs={"small-local-store": "one\nmigration 0002 failed\n"}))
    stage.has("store", state="exited", exit_code=3)()

    said = failure(stage.watch.healthy("store"))

    assert "store ended with exit code 3" in said
    assert "  migration 0002 failed\n" in said
    assert stage.now == 0.0


def test_the_wait_has_an_end_even_if_docker_never_decides() -> None:
    stage = Stage()
    stage.has("store", health="starting")()

    assert "store is not healthy after 61 s" in failure(stage.watch.healthy("store"))
    assert 61 <= stage.now < 63


def test_the_limit_is_what_the_health_check_allows_and_a_little_more() -> None:
    services = plan().compose.services

    assert limit_of(services["store"].healthcheck) == 10 + 3 * (2 + 5) + 30
    assert limit_of(services["backend"].healthcheck) == 3 * (30 + 30) + 30


def test_when_one_fails_the_others_are_let_go_and_nothing_is_started_any_more() -> None:
    stage = Stage()
    stage.has("store", health="starting")()
    stage.has("frontend", health="starting")()
    stage.later[3.0] = stage.has("store", health="unhealthy")

    async def run() -> tuple[object, ...]:
        return await asyncio.gather(
            stage.watch.healthy("store"), stage.watch.healthy("frontend"), return_exceptions=True
        )

    store, frontend = asyncio.run(run())

    assert "store is unhealthy" in str(store)
    assert frontend is None
    assert "backend was not started, because of store" in failure(stage.watch.before("backend"))


def test_local_is_left_as_it_is() -> None:
    stage = Stage()
    stage.has("store", state="exited", exit_code=1)()

    failure(stage.watch.healthy("store"))

    assert [words for words in stage.docker.asked if "rm" in words] == []


def test_ci_is_cleared_after_what_is_being_made_has_been_made() -> None:
    """A container that Docker makes while the others are removed would stay."""
    stage = Stage(stack="ci")
    stage.has("store", state="exited", exit_code=1)()

    async def frontend_is_made_late() -> None:
        await stage.watch.before("frontend")
        while stage.now < 5.0:
            await stage.sleep(0.1)
        stage.has("frontend", health="starting")()
        await stage.watch.healthy("frontend")

    async def run() -> tuple[object, ...]:
        return await asyncio.gather(
            frontend_is_made_late(), stage.watch.healthy("store"), return_exceptions=True
        )

    late, store = asyncio.run(run())

    assert late is None
    assert "Nothing is left running" in str(store)
    assert stage.docker.there == []
    assert ["network", "rm", "the-network"] in stage.docker.asked


def test_ci_is_cleared_although_something_is_never_made() -> None:
    stage = Stage(stack="ci")
    stage.has("store", state="exited", exit_code=1)()

    async def run() -> None:
        await stage.watch.before("frontend")
        await stage.watch.healthy("store")

    assert "Nothing is left running" in failure(run())
    assert stage.docker.there == []


GONE = "Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?"


@pytest.mark.parametrize("stack", ["local", "ci"])
def test_docker_that_goes_away_while_one_waits_is_told_as_such_and_nothing_is_claimed(stack: str) -> None:
    stage = Stage(stack=stack)
    stage.has("store", health="starting")()
    stage.later[3.0] = lambda: setattr(stage.docker, "gone", GONE)

    said = failure(stage.watch.healthy("store"))

    assert f"whether store is healthy: Docker does not answer `docker inspect` ({GONE})" in said
    assert "somebody removed" not in said
    assert "Nothing is left running" not in said
    assert ("Docker does not say what is still there" in said) == (stack == "ci")


def test_docker_that_falls_silent_while_one_waits_is_told_with_the_limit() -> None:
    stage = Stage(stack="ci", docker=FakeDocker(hangs=True))

    assert "Docker has not answered `docker inspect` within 60 s" in failure(stage.watch.healthy("store"))


def test_what_the_clearing_of_ci_left_is_named() -> None:
    stage = Stage(stack="ci", docker=FakeDocker(stuck=frozenset({"small-ci-store"})))
    stage.has("store", state="exited", exit_code=1)()

    assert "still there: container small-ci-store. Next:" in failure(stage.watch.healthy("store"))


@pytest.mark.parametrize(
    "error",
    [
        "Bind for 127.0.0.1:8000 failed: port is already allocated",
        'Conflict. The container name "/small-ci-store" is already in use by container "12".',
        "unable to pull image x:1.0: no such host",
        "anything else",
    ],
)
def test_o3_what_docker_refused_ends_with_what_is_left_and_the_next_command(error: str) -> None:
    local, ci = (asyncio.run(Stage(stack=stack).watch.broken("store", [error])) for stack in ("local", "ci"))

    assert "What has started is left as it is. Next: correct it and `pulumi up --stack local`" in local
    assert "`pulumi up --refresh --stack ci`" in ci


def test_a_build_that_fails_is_told_with_its_own_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builds, "FOLDER", tmp_path)
    log = tmp_path / "small-local-backend.log"
    log.write_text("#7 0.1 the-reason\n")

    said = asyncio.run(Stage().watch.unbuilt("backend", ["exit code 7"]))

    assert said.startswith("the image of backend cannot be built.\nThe last it printed:\n  the-reason\n")


def test_a_build_without_a_log_is_told_with_what_the_plugin_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(builds, "FOLDER", tmp_path)

    assert "  exit code 7\n" in asyncio.run(Stage().watch.unbuilt("backend", ["exit code 7"]))
