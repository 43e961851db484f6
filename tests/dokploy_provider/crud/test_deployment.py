"""Deployments against the emulator: own record, right digests, what is kept and what drifts."""

import threading
from typing import Any

import pytest

from dokploy_provider.errors import DeployFailed, Failure
from tests.dokploy_provider.nouns import Stage
from tests.dokploy_provider.server import COMMIT, Dokploy
from tests.dokploy_provider.tier import PROBE, Tier


@pytest.fixture(params=["docker-compose", "stack"])
def tier(stage: Stage, request: pytest.FixtureRequest) -> Tier:
    return Tier(stage, stack=request.param == "stack", probes=[PROBE])


@pytest.fixture
def app(stage: Stage) -> Tier:
    return Tier(stage)


def _failure(tier: Tier, version: str, **labels: str) -> DeployFailed:
    with pytest.raises(DeployFailed) as caught:
        tier.up(version, **labels)
    return caught.value


def test_d4_the_digest_asked_for_runs_after_up(tier: Tier) -> None:
    tier.up("v1.0.0")

    assert tier.running() == set(tier.deployment.outs["images"].values())


def test_d4_the_commit_of_the_release_is_the_one_in_its_image(tier: Tier) -> None:
    tier.served = "d" * 40
    tier.up("v1.0.0", commit="d" * 40)

    assert tier.deployment.outs["release_record"]["commit"] == "d" * 40


def test_verified_releases_are_newest_first_and_carried_on(tier: Tier) -> None:
    tier.up("v1.0.0")
    tier.up("v1.0.1")

    assert [v["version"] for v in tier.deployment.outs["verified_releases"]] == ["v1.0.1", "v1.0.0"]


def test_create_seeds_verified_releases_from_history(stage: Stage) -> None:
    old = {
        "version": "v0.9.0",
        "commit": COMMIT,
        "images": {"backend": "x@sha256:1"},
        "time": "2026-11-01T00:00:00Z",
    }
    tier = Tier(stage, history=[old])
    tier.up("v1.0.0")

    assert tier.deployment.outs["verified_releases"][1] == old


def test_verified_releases_keep_the_last_twenty(stage: Stage) -> None:
    history = [
        {
            "version": f"v0.0.{n}",
            "commit": COMMIT,
            "images": {"backend": f"x@sha256:{n}"},
            "time": "2026-11-01",
        }
        for n in range(20)
    ]
    tier = Tier(stage, history=history)
    tier.up("v1.0.0")

    assert len(tier.deployment.outs["verified_releases"]) == 20


def test_a_deployment_without_release_verifies_nothing(app: Tier) -> None:
    app.deployment.up({**app.inputs("v1.0.0"), "release": None})

    assert app.deployment.outs["verified_releases"] == []
    assert "release_record" not in app.deployment.outs


def test_d6_no_change_deploys_nothing_and_one_change_deploys_once(tier: Tier) -> None:
    tier.up("v1.0.0")
    tier.up("v1.0.0")

    assert len(tier.records()) == 1
    tier.up("v1.0.1")
    assert len(tier.records()) == 2


def test_d6_a_new_secret_version_deploys_once(app: Tier) -> None:
    app.extra = {"secret_versions": {"finance_report/staging/backend": 1}}
    app.up("v1.0.0")
    app.extra = {"secret_versions": {"finance_report/staging/backend": 2}}

    assert app.up("v1.0.0") == "update"
    assert len(app.records()) == 2


def test_a_change_of_probes_verifies_anew_and_deploys_nothing(app: Tier) -> None:
    app.up("v1.0.0")
    app.extra = {"probes": [PROBE]}

    assert app.up("v1.0.0") == "update"
    assert len(app.records()) == 1


def test_d1_a_service_that_was_done_before_proves_nothing(app: Tier) -> None:
    app.up("v1.0.0")
    before = app.records()[0]["deploymentId"]
    app.up("v1.0.1")

    assert app.deployment.outs["deployment_id"] != before
    assert app.deployment.outs["deployment_id"] == app.records()[0]["deploymentId"]


def test_d1_a_foreign_deployment_in_between_is_not_ours(app: Tier, dokploy: Dokploy) -> None:
    app.inputs("v1.0.0")
    dokploy.world.pace.queue_delay = 0.05
    dokploy.do("compose.deploy", composeId=app.id, title="from a webhook")
    app.up("v1.0.0")
    ours = next(r for r in app.records() if r["deploymentId"] == app.deployment.outs["deployment_id"])

    assert ours["title"].startswith("strata staging ")


def test_d2_an_error_ends_the_wait_with_its_log_class_and_next_step(app: Tier) -> None:
    app.with_compose(compose_file="services:\n  backend:\n    image: docker.io/zitian/nothing:v9\n")
    error = _failure(app, "v1.0.0")

    assert error.failure is Failure.DEPLOYMENT_ERROR
    assert "  | " in str(error)
    assert "Next: " in str(error)
    assert str(error).endswith("Class: deployment-error")


def test_d2_a_restart_of_dokploy_ends_the_wait(app: Tier, dokploy: Dokploy) -> None:
    app.inputs("v1.0.0")
    dokploy.fault("compose", "freeze")
    restart = threading.Timer(0.2, dokploy.restart)
    restart.start()
    error = _failure(app, "v1.0.0")
    restart.join()

    assert error.failure is Failure.DEPLOYMENT_ERROR
    assert "restarted" in str(error)


def test_d2_a_record_that_vanishes_ends_the_wait(app: Tier, dokploy: Dokploy) -> None:
    app.inputs("v1.0.0")
    dokploy.fault("compose", "freeze")

    def remove() -> None:
        dokploy.do("deployment.removeDeployment", deploymentId=app.records()[0]["deploymentId"])

    remover = threading.Timer(0.2, remove)
    remover.start()
    error = _failure(app, "v1.0.0")
    remover.join()

    assert "vanished" in str(error)


def test_d3_a_job_that_was_lost_is_sent_once_more(app: Tier, dokploy: Dokploy) -> None:
    app.inputs("v1.0.0")
    dokploy.fault("compose", "lose-job")
    app.up("v1.0.0")

    assert len(app.records()) == 1


def test_d3_lost_twice_is_no_record_and_names_the_queue(app: Tier, dokploy: Dokploy) -> None:
    app.inputs("v1.0.0")
    dokploy.fault("compose", "lose-job", times=0)
    error = _failure(app, "v1.0.0")

    assert error.failure is Failure.NO_RECORD
    assert "queue" in str(error)


def test_d3_waiting_behind_others_has_its_own_limit(app: Tier, stage: Stage, dokploy: Dokploy) -> None:
    other = stage.dokploy.do(
        "compose.create",
        name="other",
        environmentId=stage.environment(),
        sourceType="raw",
        composeFile="services: {}",
    )
    dokploy.fault("compose", "freeze")
    dokploy.do("compose.deploy", composeId=other["composeId"], title="a long build")
    app.extra = {"queue_timeout": 60, "deploy_timeout": 1}
    error = _failure(app, "v1.0.0")

    assert error.failure is Failure.TIMEOUT
    assert "a long build" in str(error)


def test_d8_a_timeout_names_the_record_that_still_runs(app: Tier, dokploy: Dokploy) -> None:
    app.extra = {"deploy_timeout": 5}
    app.inputs("v1.0.0")
    dokploy.fault("compose", "freeze")
    error = _failure(app, "v1.0.0")

    assert error.failure is Failure.TIMEOUT
    assert app.records()[0]["deploymentId"] in str(error)


def test_d7_a_run_after_a_timeout_waits_for_what_still_runs(app: Tier, dokploy: Dokploy) -> None:
    app.extra = {"deploy_timeout": 5}
    app.inputs("v1.0.0")
    dokploy.fault("compose", "freeze")
    _failure(app, "v1.0.0")
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
    _failure(app, "v1.0.0")
    threading.Timer(0.2, dokploy.world.faults.clear).start()
    app.extra = {"queue_timeout": 1800}
    app.up("v1.0.0")

    assert len(app.records()) == 1


def test_d8_timeouts_are_no_difference(app: Tier) -> None:
    app.up("v1.0.0")
    app.extra = {"deploy_timeout": 1, "queue_timeout": 2, "healthy_timeout": 3}

    assert app.up("v1.0.0") == "same"


def test_d4_done_is_not_healthy(app: Tier) -> None:
    app.with_compose(command=None)  # without --wait, `up -d` ends well whatever becomes of the container
    app.extra = {"healthy_timeout": 5}
    error = _failure(app, "v1.0.0", behaviour="exits")

    assert error.failure is Failure.UNHEALTHY
    assert "strata logs staging" in str(error)


def test_d4_an_image_that_serves_another_commit_is_a_wrong_identity(tier: Tier) -> None:
    tier.served = "e" * 40
    error = _failure(tier, "v1.0.0")

    assert error.failure is Failure.WRONG_IDENTITY
    assert "e" * 40 in str(error)


def test_d12_a_stack_that_was_rolled_back_is_a_failure_although_its_record_is_done(stage: Stage) -> None:
    tier = Tier(stage, stack=True)
    tier.up("v1.0.0")
    error = _failure(tier, "v1.0.1", behaviour="unhealthy")

    assert tier.records()[0]["status"] == "done"
    assert error.failure is Failure.UNHEALTHY
    assert "rolled back" in str(error)


def test_d10_a_failure_names_the_release_to_go_back_to(stage: Stage) -> None:
    tier = Tier(stage, stack=True)
    tier.up("v1.0.0")
    error = _failure(tier, "v1.0.1", behaviour="unhealthy")

    assert "RELEASE=v1.0.0 pulumi up --refresh --stack staging" in str(error)


def test_d11_after_a_failed_release_the_former_one_is_deployed_exactly_once(tier: Tier) -> None:
    tier.up("v1.0.0")
    good = tier.running()
    _failure(tier, "v1.0.1", behaviour="unhealthy")
    failed = len(tier.records())
    tier.refresh()
    tier.up("v1.0.0")

    assert len(tier.records()) == failed + 1
    assert tier.running() == good


def test_d11_the_former_release_is_deployed_without_a_refresh_too(tier: Tier) -> None:
    tier.up("v1.0.0")
    good = tier.running()
    _failure(tier, "v1.0.1", behaviour="unhealthy")
    tier.up("v1.0.0")

    assert tier.running() == good


def test_d11_a_repaired_hand_edit_is_deployed(app: Tier, dokploy: Dokploy) -> None:
    app.up("v1.0.0")
    dokploy.do("compose.update", composeId=app.id, env="BACKEND_IMAGE='mine:1'")
    app.refresh()

    assert app.up("v1.0.0") == "update"
    assert len(app.records()) == 2


def test_d12_nothing_is_ever_started_or_stopped(tier: Tier, dokploy: Dokploy) -> None:
    cursor = dokploy.cursor
    tier.up("v1.0.0")
    _failure(tier, "v1.0.1", behaviour="unhealthy")
    tier.up("v1.0.0")

    assert not {"compose.start", "compose.stop"} & set(dokploy.calls(cursor))


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
    _failure(app, "v1.0.0")
    _failure(app, "v1.0.0")

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


def test_d5_what_looks_like_a_secret_in_a_log_is_masked(app: Tier) -> None:
    error = _failure(
        app, "v1.0.0", behaviour="exits", **{"strata.sandbox.prints": "DB_PASSWORD=canary-in-a-log"}
    )

    assert "canary-in-a-log" not in str(error)
    assert "DB_PASSWORD=***" in str(error)


def _until(met: Any) -> None:
    for _ in range(500):
        if met():
            return
        threading.Event().wait(0.005)
    raise AssertionError("it never happened")
