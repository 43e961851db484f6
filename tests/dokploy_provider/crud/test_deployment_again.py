"""What the next run makes of a deployment that failed, was lost, or drifted."""

import threading
from typing import Any

from tests.dokploy_provider.nouns import DOMAIN
from tests.dokploy_provider.server import Dokploy
from tests.dokploy_provider.stage import Stage
from tests.dokploy_provider.tier import PROBE, Tier, failure


def test_d7_a_run_after_a_timeout_waits_for_what_still_runs(app: Tier, dokploy: Dokploy) -> None:
    app.extra = {"deploy_timeout": 5}
    app.inputs("v1.0.0")
    dokploy.fault("compose", "freeze")
    failure(app, "v1.0.0")
    threading.Timer(0.2, dokploy.world.faults.clear).start()
    app.extra = {"deploy_timeout": 900}
    app.up("v1.0.0")

    assert len(app.records()) == 1


def test_d7_a_run_waits_for_an_earlier_runs_job_that_still_stands_in_the_queue(
    app: Tier, stage: Stage, dokploy: Dokploy
) -> None:
    other = dokploy.do("compose.create", name="other", environmentId=stage.environment(), sourceType="raw")
    dokploy.fault("compose", "freeze")
    dokploy.do("compose.deploy", composeId=other["composeId"], title="a long build")
    app.extra = {"queue_timeout": 1}
    failure(app, "v1.0.0")
    threading.Timer(0.2, dokploy.world.faults.clear).start()
    app.extra = {"queue_timeout": 1800}
    app.up("v1.0.0")

    assert len(app.records()) == 1


def test_d11_after_a_failed_release_the_former_one_is_deployed_exactly_once(tier: Tier) -> None:
    tier.up("v1.0.0")
    good = tier.running()
    failure(tier, "v1.0.1", behaviour="unhealthy")
    failed = len(tier.records())
    tier.refresh()
    tier.up("v1.0.0")

    assert len(tier.records()) == failed + 1
    assert tier.running() == good


def test_d11_the_former_release_is_deployed_without_a_refresh_too(tier: Tier) -> None:
    tier.up("v1.0.0")
    good = tier.running()
    failure(tier, "v1.0.1", behaviour="unhealthy")
    tier.up("v1.0.0")

    assert tier.running() == good


def test_d11_a_repaired_hand_edit_is_deployed(app: Tier, dokploy: Dokploy) -> None:
    app.up("v1.0.0")
    dokploy.do("compose.update", composeId=app.id, env="BACKEND_IMAGE='mine:1'")
    app.refresh()

    assert app.up("v1.0.0") == "update"
    assert len(app.records()) == 2


def test_d7_a_deployment_that_ended_after_its_run_was_killed_is_not_made_again(app: Tier) -> None:
    app.up("v1.0.0")
    before = dict(app.deployment.outs)
    app.up("v1.0.1")
    app.deployment.outs = before  # the state was not written; a refresh calls the newest deployment foreign
    assert app.deployment.refresh() == {"drift"}
    app.up("v1.0.1")

    assert len(app.records()) == 2
    assert app.deployment.refresh() == set()


def test_d6_d11_a_domain_deleted_by_hand_is_made_again_and_deployed_exactly_once(app: Tier) -> None:
    inputs = app.inputs("v1.0.0")
    domain = app.stage.resource(DOMAIN)
    route = {"compose_id": app.id, "host": "report.zitian.party", "port": 8000, "service_name": "backend"}

    def up() -> str:
        domain.up(route)
        revisions = [app.compose.outs["revision"], domain.outs["revision"]]
        return app.deployment.up({**inputs, "revisions": revisions})

    up()
    app.stage.dokploy.do("domain.delete", domainId=domain.id)
    domain.refresh()
    app.refresh()

    assert (up(), up()) == ("update", "same")
    assert len(app.records()) == 2


def test_s10_with_the_state_lost_up_attaches_to_what_runs(tier: Tier) -> None:
    tier.up("v1.0.0")
    again = Tier(tier.stage, stack=tier.stack, probes=[PROBE])
    again.up("v1.0.0")

    assert len(again.records()) == 1
    assert again.deployment.outs["release_record"]["version"] == "v1.0.0"
    assert again.refresh() == set()


def test_s10_with_the_state_lost_up_attaches_although_counters_start_anew(app: Tier) -> None:
    app.up("v1.0.0")
    app.up("v1.0.1")
    again = Tier(app.stage)
    again.up("v1.0.1")

    assert len(again.records()) == 2
    assert again.refresh() == set()


def test_a_failed_deployment_of_the_same_inputs_is_made_anew(app: Tier) -> None:
    app.extra = {"images": {}, "release": None}
    app.up("v1.0.0")
    app.with_compose(compose_file="services:\n  backend:\n    image: docker.io/zitian/nothing:v9\n")
    failure(app, "v1.0.0")
    failure(app, "v1.0.0")

    assert [record["status"] for record in app.records()] == ["error", "error", "done"]


def test_s10_with_the_state_lost_another_content_is_deployed(app: Tier, dokploy: Dokploy) -> None:
    app.up("v1.0.0")
    again = Tier(app.stage).with_compose(description="The application", env=None)
    again.with_compose(command=None)
    again.up("v1.0.0")

    assert len(again.records()) == 2


def test_s10_a_run_killed_after_its_deployment_ended_deploys_nothing_anew(app: Tier) -> None:
    app.up("v1.0.0")
    before = dict(app.deployment.outs)
    app.up("v1.0.1")
    app.deployment.outs = before  # the state was not written
    app.up("v1.0.1")

    assert len(app.records()) == 2


def _drift(tier: Tier) -> list[str]:
    tier.deployment.refresh()
    return list(tier.deployment.outs.get("drift") or [])


def test_a_foreign_deployment_drifts(app: Tier, dokploy: Dokploy) -> None:
    app.up("v1.0.0")
    dokploy.do("compose.deploy", composeId=app.id, title="from a webhook")
    _until(lambda: app.records()[0]["status"] == "done")

    assert _drift(app) == [f"the newest deployment, {app.records()[0]['deploymentId']} (done), is not ours"]


def test_a_stopped_container_drifts_and_up_deploys_again(app: Tier, dokploy: Dokploy) -> None:
    app.up("v1.0.0")
    dokploy.do("compose.stop", composeId=app.id)

    assert _drift(app)
    assert app.up("v1.0.0") == "update"
    assert _drift(app) == []
    assert len(app.records()) == 2


def test_a_deployment_whose_compose_is_gone_stays_and_drifts(app: Tier, dokploy: Dokploy) -> None:
    app.up("v1.0.0")
    dokploy.do("compose.delete", composeId=app.id, deleteVolumes=False)

    assert _drift(app) == [f"compose {app.id} is gone"]
    assert app.deployment.outs["verified_releases"]


def test_drift_says_the_same_at_every_look(app: Tier, dokploy: Dokploy) -> None:
    app.up("v1.0.0")
    dokploy.do("compose.stop", composeId=app.id)
    first = _drift(app)

    assert _drift(app) == first


def _until(met: Any) -> None:
    for _ in range(500):
        if met():
            return
        threading.Event().wait(0.005)
    raise AssertionError("it never happened")
