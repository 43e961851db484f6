"""Compose: found, adopted, moved, replaced only for its type; its revision."""

from typing import Any

import pytest

from dokploy_provider.crud import compose
from dokploy_provider.errors import Ambiguous, NotApplied, NotFound, NotOurs
from dokploy_provider.models.compose import ComposeDesired
from tests.dokploy_provider.engine import Properties, Resource
from tests.dokploy_provider.nouns import COMPOSE
from tests.dokploy_provider.scripted import Scripted, missing
from tests.dokploy_provider.stage import OWNER, Stage

ROW: dict[str, Any] = {
    "composeId": "c1",
    "name": "finance-report-staging-app",
    "appName": "finance-report-staging-app-abc123",
    "environmentId": "e1",
    "description": f"{OWNER}/app",
    "composeType": "docker-compose",
    "sourceType": "raw",
    "composeFile": "services: {}\n",
    "composePath": "./docker-compose.yml",
    "autoDeploy": False,
}
WANT = ComposeDesired(
    environment_id="e1",
    compose_name="finance-report-staging-app",
    owner=f"{OWNER}/app",
    compose_file="services: {}\n",
)


@pytest.fixture
def app(stage: Stage) -> tuple[Resource, Properties]:
    resource, props = stage.resource(COMPOSE), COMPOSE.inputs(stage)
    resource.up(props)
    return resource, props


def _row(stage: Stage, resource: Resource) -> dict[str, Any]:
    return dict(stage.dokploy.ask("compose.one", composeId=str(resource.id)))


def test_d6_create_is_create_then_settings_then_read_back(stage: Stage) -> None:
    props = COMPOSE.inputs(stage)
    cursor = stage.dokploy.cursor
    stage.resource(COMPOSE).up(props)
    calls = [c for c in stage.dokploy.calls(cursor) if c.startswith("compose.")]

    assert calls == ["compose.create", "compose.one", "compose.update", "compose.one"]


def test_d9_auto_deploy_is_off_after_create_and_every_update(
    stage: Stage, app: tuple[Resource, Properties]
) -> None:
    resource, props = app
    assert _row(stage, resource)["autoDeploy"] is False
    stage.dokploy.do("compose.update", composeId=resource.id, autoDeploy=True)
    resource.up({**props, "description": "changed"})

    assert _row(stage, resource)["autoDeploy"] is False


def test_d9_a_refresh_shows_that_someone_turned_auto_deploy_on(
    stage: Stage, app: tuple[Resource, Properties]
) -> None:
    resource, _ = app
    stage.dokploy.do("compose.update", composeId=resource.id, autoDeploy=True)
    resource.refresh()

    assert resource.outs["drift"] == ["autoDeploy is True"]


def test_the_app_name_stands_in_the_command(stage: Stage, app: tuple[Resource, Properties]) -> None:
    resource, _ = app

    assert f"-p {resource.outs['app_name']} " in _row(stage, resource)["command"]


def test_s3_one_of_our_name_without_marker_stops_with_its_id(stage: Stage) -> None:
    theirs = stage.dokploy.do(
        "compose.create", name="finance-report-staging-app", environmentId=stage.environment()
    )
    with pytest.raises(NotOurs, match=theirs["composeId"]):
        stage.resource(COMPOSE).up(COMPOSE.inputs(stage))


def test_s3_two_with_our_marker_stop_with_both_ids(stage: Stage) -> None:
    body = {"environmentId": stage.environment(), "description": f"{OWNER}/app"}
    ids = [stage.dokploy.do("compose.create", name=name, **body)["composeId"] for name in ("a", "b")]
    with pytest.raises(Ambiguous) as caught:
        stage.resource(COMPOSE).up(COMPOSE.inputs(stage))

    assert all(id_ in str(caught.value) for id_ in ids)


def test_s10_one_with_our_marker_is_found_wherever_it_was_moved(
    stage: Stage, app: tuple[Resource, Properties]
) -> None:
    resource, props = app
    stage.dokploy.do("compose.move", composeId=resource.id, targetEnvironmentId=stage.ids["production"])
    again = stage.resource(COMPOSE)
    again.up(props)

    assert again.id == resource.id
    assert _row(stage, again)["environmentId"] == stage.environment()


def test_s4_an_adopted_one_needs_no_second_up(stage: Stage) -> None:
    row = stage.dokploy.do(
        "compose.create", name="by-hand", environmentId=stage.environment(), sourceType="raw"
    )
    resource, props = stage.resource(COMPOSE), {**COMPOSE.inputs(stage), "adopt": row["composeId"]}
    resource.up(props)

    assert resource.id == row["composeId"]
    assert resource.refresh() == set()
    assert resource.up(props) == "same"


def test_s4_one_of_another_type_is_not_adopted(stage: Stage) -> None:
    row = stage.dokploy.do(
        "compose.create", name="by-hand", environmentId=stage.environment(), composeType="stack"
    )
    with pytest.raises(NotOurs, match="of type stack"):
        stage.resource(COMPOSE).up({**COMPOSE.inputs(stage), "adopt": row["composeId"]})


def test_s8_a_change_of_type_replaces(stage: Stage, app: tuple[Resource, Properties]) -> None:
    resource, props = app

    assert resource.up({**props, "compose_type": "stack", "command": None}) == "replace"
    assert COMPOSE.count(stage) == 1


def test_s8_a_type_changed_by_hand_is_repaired_and_replaces_nothing(
    stage: Stage, app: tuple[Resource, Properties]
) -> None:
    resource, props = app
    stage.dokploy.do("compose.update", composeId=resource.id, composeType="stack")

    assert "drift" in resource.refresh()
    assert resource.up(props) == "update"
    assert _row(stage, resource)["composeType"] == "docker-compose"


def test_s8_another_environment_moves_it(stage: Stage, app: tuple[Resource, Properties]) -> None:
    resource, props = app
    id_ = resource.id

    assert resource.up({**props, "environment_id": stage.ids["production"]}) == "update"
    assert resource.id == id_
    assert _row(stage, resource)["environmentId"] == stage.ids["production"]


@pytest.mark.parametrize("value", [None, ""])
@pytest.mark.parametrize("field", ["env", "command", "description"])
def test_s6_clear_means_clear(
    stage: Stage, app: tuple[Resource, Properties], field: str, value: str | None
) -> None:
    resource, props = app
    resource.up({**props, field: value})
    column = _row(stage, resource)[field] or ""

    assert column == (f"{OWNER}/app" if field == "description" else "")
    assert resource.refresh() == set()


def test_s6_another_source_clears_the_former_one(stage: Stage, app: tuple[Resource, Properties]) -> None:
    resource, props = app
    git = {"source_type": "git", "git_url": "https://example.com/r.git", "git_branch": "preview/pr-1"}
    resource.up({**props, **git, "compose_file": None})
    resource.up(props)
    row = _row(stage, resource)

    assert (row["customGitUrl"], row["customGitBranch"], row["sourceType"]) == (None, None, "raw")


def test_a_row_that_someone_else_changes_meanwhile_is_noticed() -> None:
    server = Scripted().on("compose.one", ROW, {**ROW, "env": "X='theirs'"}).on("compose.update", ROW)
    with pytest.raises(NotApplied, match="env"):
        compose.update(server.here(), "c1", {}, WANT.model_copy(update={"env": "X='ours'"}))


def test_an_empty_answer_to_an_update_is_a_missing_compose() -> None:
    server = Scripted().on("compose.one", ROW).on("compose.update", None)
    with pytest.raises(NotFound, match="c1"):
        compose.update(server.here(), "c1", {}, WANT.model_copy(update={"env": "X='1'"}))


def test_a_missing_environment_is_named() -> None:
    server = Scripted().on("environment.one", missing("environment.one", "Environment not found"))
    with pytest.raises(NotFound, match="e1"):
        compose.create(server.here(), WANT)


@pytest.mark.parametrize("field", ["description", "delete_volumes"])
def test_what_reaches_no_container_makes_no_new_revision(
    app: tuple[Resource, Properties], field: str
) -> None:
    resource, props = app
    before = resource.outs["revision"]
    resource.up({**props, field: True if field == "delete_volumes" else "changed"})

    assert resource.outs["revision"] == before


@pytest.mark.parametrize(
    "change", [{"env": "X='1'"}, {"compose_file": "services: {a: {image: b}}\n"}, {"command": None}]
)
def test_d11_what_reaches_a_container_makes_a_new_revision(
    app: tuple[Resource, Properties], change: dict[str, Any]
) -> None:
    resource, props = app
    before = resource.outs["revision"]
    resource.up({**props, **change})

    assert resource.outs["revision"].startswith("2.")
    assert resource.outs["revision"] != before


def test_d11_going_back_makes_a_third_revision(app: tuple[Resource, Properties]) -> None:
    resource, props = app
    first = resource.outs["revision"]
    resource.up({**props, "env": "X='1'"})
    resource.up(props)

    assert resource.outs["revision"] == first.replace("1.", "3.", 1)


def test_d11_a_read_leaves_the_revision(stage: Stage, app: tuple[Resource, Properties]) -> None:
    resource, _ = app
    before = resource.outs["revision"]
    stage.dokploy.do("compose.update", composeId=resource.id, env="X='mine'")
    resource.refresh()

    assert resource.outs["revision"] == before


def test_v1_what_a_compose_row_holds_of_credentials_is_not_put_out(
    stage: Stage, app: tuple[Resource, Properties]
) -> None:
    resource, _ = app
    resource.refresh()

    assert _row(stage, resource)["refreshToken"] not in str(resource.outs)
