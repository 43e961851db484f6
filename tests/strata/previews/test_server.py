"""What is left of a preview at Dokploy: found by marker, removed as by `destroy`; others stay."""

from collections.abc import Iterator
from typing import Any

import pytest

from dokploy_provider.client import Client
from dokploy_provider.context import Context
from dokploy_provider.timing import Timing
from model.naming import Names
from strata.previews.server import Server
from strata.previews.stacks import of
from tests.dokploy_provider.clocks import HurriedClock
from tests.dokploy_provider.nouns import UP, YAML
from tests.dokploy_provider.server import KEY, Dokploy
from tests.dokploy_provider.stage import Stage

PROJECT = "finance-report"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dokploy]:
    made = Dokploy(tmp_path_factory.mktemp("dokploy"))
    yield made
    made.close()


@pytest.fixture
def stage(served: Dokploy) -> Iterator[Stage]:
    served.reset()
    clock = HurriedClock().clock()
    client = Client(url=served.url, key=KEY, clock=clock)
    yield Stage(served, Context(client=client, clock=clock, timing=Timing(poll=0.5, max_age=0.0)))
    client.close()


@pytest.fixture
def server(stage: Stage) -> Server:
    return Server(here=stage.here, project=PROJECT)


def names(number: int = 12) -> Names:
    return Names(stack=of(number), domain="zitian.party", host_prefix="report", app="finance_report")


def environment(stage: Stage, name: str, owner: str | None = None) -> str:
    """One of Dokploy's, with the marker that `up` gives it or with another text."""
    text = f"strata:{PROJECT}/{name}/environment" if owner is None else owner
    row = stage.dokploy.do("environment.create", name=name, projectId=stage.project(), description=text)
    return str(row["environmentId"])


def deployed(stage: Stage, environment_id: str, *, name: str, owner: str) -> str:
    """A compose that runs one backend; its app name."""
    row = stage.dokploy.do(
        "compose.create",
        name=name,
        appName=name,
        environmentId=environment_id,
        description=owner,
        composeType="docker-compose",
        composeFile=YAML,
    )
    id_ = row["composeId"]
    image = stage.image()
    stage.dokploy.do(
        "compose.update", composeId=id_, sourceType="raw", composeFile=YAML, env=f"BACKEND_IMAGE='{image}'",
        command=UP.format(app_name=row["appName"]),
    )  # fmt: skip
    stage.dokploy.do("compose.deploy", composeId=id_)
    stage.dokploy.idle()
    return str(row["appName"])


def composes(stage: Stage) -> set[str]:
    rows: list[dict[str, Any]] = stage.dokploy.ask("project.one", projectId=stage.project())["environments"]
    return {row["name"] for one in rows for row in one["compose"]}


def containers(stage: Stage) -> list[str]:
    return [row["name"] for row in stage.dokploy.ask("docker.getContainers")]


def test_p5_environments_are_counted_by_their_marker_and_not_by_their_name(
    stage: Stage,
    server: Server,
) -> None:
    environment(stage, "pr-12")
    environment(stage, "pr-13", owner="made by hand")
    environment(stage, "pr-14", owner="strata:another-project/pr-14/environment")
    environment(stage, "staging")

    assert server.numbers() == {12}


def test_p10_what_stands_beside_is_known_by_its_marker(stage: Stage, server: Server) -> None:
    stage.project()
    assert server.carries() == []

    environment(stage, "staging")

    assert server.carries() == ["staging"]


def test_p3_what_carries_the_marker_goes_with_its_containers(stage: Stage, server: Server) -> None:
    for number in (12, 1):
        own = f"strata:{PROJECT}/pr-{number}/preview/compose"
        place = environment(stage, f"pr-{number}")
        deployed(stage, place, name=f"finance-report-pr-{number}", owner=own)
    assert len(containers(stage)) == 2

    assert server.clear(names()) == []

    assert server.numbers() == {1}
    assert composes(stage) == {"finance-report-pr-1"}
    (left,) = containers(stage)
    assert left.startswith("finance-report-pr-1-")


def test_p3_removing_twice_is_no_error(stage: Stage, server: Server) -> None:
    environment(stage, "pr-12")

    assert server.clear(names()) == []
    assert server.clear(names()) == []


def test_s3_what_somebody_put_beside_it_stays_and_is_named(stage: Stage, server: Server) -> None:
    place = environment(stage, "pr-12")
    deployed(stage, place, name="somebodys", owner="mine")

    (left,) = server.clear(names())

    assert "environment pr-12" in left
    assert "somebodys" in left
    assert composes(stage) == {"somebodys"}


def test_s3_an_environment_of_the_name_without_the_marker_is_not_touched(
    stage: Stage,
    server: Server,
) -> None:
    environment(stage, "pr-12", owner="made by hand")

    assert server.clear(names()) == []

    rows = stage.dokploy.ask("project.one", projectId=stage.project())["environments"]
    assert "pr-12" in {row["name"] for row in rows}


def test_s9_a_container_without_a_row_at_dokploy_is_told_and_not_touched(
    stage: Stage,
    server: Server,
) -> None:
    place = environment(stage, "pr-12")
    deployed(stage, place, name="finance-report-pr-12", owner="mine")

    left = server.clear(names())

    assert [line for line in left if line.startswith("container finance-report-pr-12-")]
    assert len(containers(stage)) == 1
