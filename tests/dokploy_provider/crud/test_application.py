"""Application: a Swarm service from an image, deployed like a compose."""

from typing import Any

import pytest

from dokploy_provider.errors import NotOurs
from tests.dokploy_provider.nouns import APPLICATION, DEPLOYMENT
from tests.dokploy_provider.stage import Stage


def _deployment(stage: Stage) -> tuple[Any, Any, dict[str, Any]]:
    app = stage.resource(APPLICATION)
    app.up(APPLICATION.inputs(stage))
    props = {
        "application_id": app.outs["application_id"],
        "stack": "staging",
        "revisions": [app.outs["revision"]],
        "images": {"worker": app.outs["docker_image"]},
    }
    return app, stage.resource(DEPLOYMENT), props


def test_s3_one_of_our_name_without_marker_stops_with_its_id(stage: Stage) -> None:
    theirs = stage.dokploy.do(
        "application.create", name="finance-report-staging-worker", environmentId=stage.environment()
    )
    with pytest.raises(NotOurs, match=theirs["applicationId"]):
        stage.resource(APPLICATION).up(APPLICATION.inputs(stage))


def test_s4_an_adopted_one_needs_no_second_up(stage: Stage) -> None:
    row = stage.dokploy.do("application.create", name="by-hand", environmentId=stage.environment())
    resource, props = (
        stage.resource(APPLICATION),
        {**APPLICATION.inputs(stage), "adopt": row["applicationId"]},
    )
    resource.up(props)

    assert resource.refresh() == set()
    assert resource.up(props) == "same"


def test_d9_auto_deploy_is_off(stage: Stage) -> None:
    resource = stage.resource(APPLICATION)
    resource.up(APPLICATION.inputs(stage))

    assert stage.dokploy.ask("application.one", applicationId=resource.id)["autoDeploy"] is False


def test_s8_another_environment_moves_it(stage: Stage) -> None:
    resource, props = stage.resource(APPLICATION), APPLICATION.inputs(stage)
    resource.up(props)

    assert resource.up({**props, "environment_id": stage.ids["production"]}) == "update"


@pytest.mark.parametrize(("change", "counter"), [({"env": "X='1'"}, "2"), ({"description": "changed"}, "1")])
def test_d11_what_reaches_a_container_makes_a_new_revision(
    stage: Stage, change: dict[str, str], counter: str
) -> None:
    resource, props = stage.resource(APPLICATION), APPLICATION.inputs(stage)
    resource.up(props)
    resource.up({**props, **change})

    assert resource.outs["revision"].split(".")[0] == counter


def test_d4_it_is_deployed_and_its_tasks_run_on_the_digest(stage: Stage) -> None:
    _, deployment, props = _deployment(stage)
    deployment.up(props)

    assert deployment.refresh() == set()
    assert deployment.up(props) == "same"
