"""Environment: ours by marker, `production` by being the default one."""

import pytest

from dokploy_provider.crud import environment
from dokploy_provider.errors import Ambiguous, Beside, NotOurs, Rejected
from dokploy_provider.models.environment import EnvironmentDesired
from tests.dokploy_provider.engine import Resource
from tests.dokploy_provider.nouns import ENVIRONMENT
from tests.dokploy_provider.stage import OWNER, Stage

MARK = f"{OWNER}/environment"


@pytest.fixture
def want(stage: Stage) -> EnvironmentDesired:
    return EnvironmentDesired(project_id=stage.project(), environment_name="staging", owner=MARK)


def _production(stage: Stage) -> tuple[Resource, dict[str, str]]:
    props = {
        **ENVIRONMENT.inputs(stage),
        "environment_name": "production",
        "owner": "strata:finance-report/production/e",
    }
    return stage.resource(ENVIRONMENT), props


def test_s3_one_of_our_name_without_marker_stops_with_all_ids(stage: Stage, want: EnvironmentDesired) -> None:
    ids = [
        stage.dokploy.do("environment.create", name="staging", projectId=want.project_id)["environmentId"]
        for _ in range(2)
    ]
    with pytest.raises(NotOurs) as caught:
        environment.create(stage.here, want)

    assert all(id_ in str(caught.value) for id_ in ids)


def test_two_with_our_marker_stop_with_both_ids(stage: Stage, want: EnvironmentDesired) -> None:
    ids = [
        stage.dokploy.do("environment.create", name="x", projectId=want.project_id, description=MARK)[
            "environmentId"
        ]
        for _ in range(2)
    ]
    with pytest.raises(Ambiguous) as caught:
        environment.create(stage.here, want)

    assert all(id_ in str(caught.value) for id_ in ids)


def test_s4_an_adopted_one_needs_no_second_up(stage: Stage) -> None:
    row = stage.dokploy.do(
        "environment.create", name="staging", projectId=stage.project(), description="by hand"
    )
    resource, props = (
        stage.resource(ENVIRONMENT),
        {**ENVIRONMENT.inputs(stage), "adopt": row["environmentId"]},
    )
    resource.up(props)

    assert resource.id == row["environmentId"]
    assert resource.refresh() == set()
    assert resource.up(props) == "same"


def test_s4_taking_adopt_out_again_is_no_difference(stage: Stage) -> None:
    row = stage.dokploy.do("environment.create", name="staging", projectId=stage.project())
    resource, props = stage.resource(ENVIRONMENT), ENVIRONMENT.inputs(stage)
    resource.up({**props, "adopt": row["environmentId"]})

    assert resource.up(props) == "same"


def test_production_is_the_default_environment(stage: Stage) -> None:
    resource, props = _production(stage)
    resource.up(props)

    assert resource.id == stage.ids["production"]
    assert resource.refresh() == set()


def test_production_survives_its_destroy_without_marker_and_env(stage: Stage) -> None:
    resource, props = _production(stage)
    resource.up({**props, "description": ""})
    resource.destroy()
    row = stage.dokploy.ask("environment.one", environmentId=stage.ids["production"])

    assert (row["description"], row["env"]) == ("Production environment", "")


def test_another_stacks_default_environment_is_not_taken(stage: Stage) -> None:
    resource, props = _production(stage)
    resource.up(props)
    with pytest.raises(NotOurs, match="strata:finance-report/production/e"):
        stage.resource(ENVIRONMENT).up({**props, "owner": "strata:other/production/e"})


def test_s3_what_another_stack_marked_since_is_not_deleted(stage: Stage) -> None:
    resource = stage.resource(ENVIRONMENT)
    resource.up(ENVIRONMENT.inputs(stage))
    theirs = "strata:finance-report/other/environment"
    stage.dokploy.do("environment.update", environmentId=resource.id, description=theirs)
    with pytest.raises(NotOurs, match=theirs):
        resource.destroy()


def test_s9_services_that_are_left_are_named(stage: Stage) -> None:
    resource = stage.resource(ENVIRONMENT)
    resource.up(ENVIRONMENT.inputs(stage))
    stage.dokploy.do("compose.create", name="made-by-hand", environmentId=resource.id)
    with pytest.raises(Rejected, match="made-by-hand"):
        resource.destroy()


STANDING = ("strata:finance-report/staging/environment", "strata:finance-report/production/environment")


def _preview(stage: Stage, *apart_from: str) -> EnvironmentDesired:
    return EnvironmentDesired(
        project_id=stage.project(),
        environment_name="pr-12",
        owner="strata:finance-report/pr-12/environment",
        apart_from=apart_from,
    )


def test_p10_a_preview_is_not_made_beside_staging(stage: Stage) -> None:
    stage.environment()

    with pytest.raises(Beside, match=r"carries staging.*previewsBesideStanding"):
        environment.create(stage.here, _preview(stage, *STANDING))

    rows = stage.dokploy.ask("project.one", projectId=stage.project())["environments"]
    assert sorted(row["name"] for row in rows) == ["production", "staging"]


def test_p10_production_is_known_by_its_marker_since_every_project_has_one_of_the_name(stage: Stage) -> None:
    stage.project()
    environment.create(stage.here, _preview(stage, *STANDING))
    stage.dokploy.do(
        "environment.update", environmentId=stage.ids["production"], description=f"Ours. {STANDING[1]}"
    )

    with pytest.raises(Beside, match="carries production"):
        environment.create(stage.here, _preview(stage, *STANDING))


def test_p10_acknowledged_a_preview_stands_beside_staging(stage: Stage) -> None:
    stage.environment()

    made = environment.create(stage.here, _preview(stage))

    assert stage.dokploy.ask("environment.one", environmentId=made.id)["name"] == "pr-12"
