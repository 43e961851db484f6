"""Every way in which a deployment ends, against the emulator."""

import threading

import httpx
import pytest

from dokploy_provider.crud import deployment
from dokploy_provider.errors import DeployFailed, Failure, NotFound
from dokploy_provider.models.deployment import DeploymentDesired
from tests.dokploy_provider.scripted import Scripted, missing
from tests.dokploy_provider.server import Dokploy
from tests.dokploy_provider.stage import Stage
from tests.dokploy_provider.tier import Tier, failure


def test_d1_a_foreign_deployment_in_between_is_not_ours(app: Tier, dokploy: Dokploy) -> None:
    app.inputs("v1.0.0")
    dokploy.world.pace.queue_delay = 0.05
    dokploy.do("compose.deploy", composeId=app.id, title="from a webhook")
    app.up("v1.0.0")
    ours = next(r for r in app.records() if r["deploymentId"] == app.deployment.outs["deployment_id"])

    assert ours["title"].startswith("strata staging ")


def test_d2_an_error_ends_the_wait_with_its_log_class_and_next_step(app: Tier) -> None:
    app.with_compose(compose_file="services:\n  backend:\n    image: docker.io/zitian/nothing:v9\n")
    error = failure(app, "v1.0.0")

    assert error.failure is Failure.DEPLOYMENT_ERROR
    assert "  | " in str(error)
    assert "Next: " in str(error)
    assert str(error).endswith("Class: deployment-error")


def test_d2_a_restart_of_dokploy_ends_the_wait(app: Tier, dokploy: Dokploy) -> None:
    app.inputs("v1.0.0")
    dokploy.fault("compose", "freeze")
    restart = threading.Timer(0.2, dokploy.restart)
    restart.start()
    error = failure(app, "v1.0.0")
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
    error = failure(app, "v1.0.0")
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
    error = failure(app, "v1.0.0")

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
    error = failure(app, "v1.0.0")

    assert error.failure is Failure.TIMEOUT
    assert "a long build" in str(error)


def test_d8_a_timeout_names_the_record_that_still_runs(app: Tier, dokploy: Dokploy) -> None:
    app.extra = {"deploy_timeout": 5}
    app.inputs("v1.0.0")
    dokploy.fault("compose", "freeze")
    error = failure(app, "v1.0.0")

    assert error.failure is Failure.TIMEOUT
    assert app.records()[0]["deploymentId"] in str(error)


def test_d8_timeouts_are_no_difference(app: Tier) -> None:
    app.up("v1.0.0")
    app.extra = {"deploy_timeout": 1, "queue_timeout": 2, "healthy_timeout": 3}

    assert app.up("v1.0.0") == "same"


def test_d4_done_is_not_healthy(app: Tier) -> None:
    app.with_compose(command=None)  # without --wait, `up -d` ends well whatever becomes of the container
    app.extra = {"healthy_timeout": 5}
    error = failure(app, "v1.0.0", behaviour="exits")

    assert error.failure is Failure.UNHEALTHY
    assert "strata logs staging" in str(error)


def test_d4_an_image_that_serves_another_commit_is_a_wrong_identity(tier: Tier) -> None:
    tier.served = "e" * 40
    error = failure(tier, "v1.0.0")

    assert error.failure is Failure.WRONG_IDENTITY
    assert "e" * 40 in str(error)


def test_d12_a_stack_that_was_rolled_back_is_a_failure_although_its_record_is_done(stage: Stage) -> None:
    tier = Tier(stage, stack=True)
    tier.up("v1.0.0")
    error = failure(tier, "v1.0.1", behaviour="unhealthy")

    assert tier.records()[0]["status"] == "done"
    assert error.failure is Failure.UNHEALTHY
    assert "rolled back" in str(error)


def test_d10_a_failure_names_the_release_to_go_back_to(stage: Stage) -> None:
    tier = Tier(stage, stack=True)
    tier.up("v1.0.0")
    error = failure(tier, "v1.0.1", behaviour="unhealthy")

    assert "RELEASE=v1.0.0 pulumi up --refresh --stack staging" in str(error)


def test_d12_nothing_is_ever_started_or_stopped(tier: Tier, dokploy: Dokploy) -> None:
    cursor = dokploy.cursor
    tier.up("v1.0.0")
    failure(tier, "v1.0.1", behaviour="unhealthy")
    tier.up("v1.0.0")

    assert not {"compose.start", "compose.stop"} & set(dokploy.calls(cursor))


def test_d5_what_looks_like_a_secret_in_a_log_is_masked(app: Tier) -> None:
    error = failure(
        app, "v1.0.0", behaviour="exits", **{"strata.sandbox.prints": "DB_PASSWORD=canary-in-a-log"}
    )

    assert "canary-in-a-log" not in str(error)
    assert "DB_PASSWORD=***" in str(error)


def test_d5_a_server_that_is_away_from_the_first_look_on_names_the_compose_by_its_id() -> None:
    server = Scripted().on("compose.one", httpx.ConnectError("refused"))
    with pytest.raises(DeployFailed, match="Deploying compose c1 failed: Dokploy has not answered") as caught:
        deployment.create(server.here(), DeploymentDesired(compose_id="c1", stack="staging"))

    assert caught.value.failure is Failure.API_UNREACHABLE


def test_a_compose_that_is_gone_is_named_by_its_id() -> None:
    server = Scripted().on("compose.one", missing("compose.one"))
    with pytest.raises(NotFound, match=r"compose c1 does not exist\. Run `pulumi up --refresh`"):
        deployment.create(server.here(), DeploymentDesired(compose_id="c1", stack="staging"))
