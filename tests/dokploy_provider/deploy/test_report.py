"""D5: what a person reads when a deployment failed."""

import pytest

from dokploy_provider.crud.service import COMPOSE
from dokploy_provider.deploy.records import Target
from dokploy_provider.deploy.report import Reporter
from dokploy_provider.errors import DeployFailed, Failure
from dokploy_provider.models.compose import DeploymentRow
from tests.dokploy_provider.scripted import Scripted, refusal

TARGET = Target(kind=COMPOSE, id="c1", app_name="app-abc123", compose_type="stack", stack="staging")
RECORD = DeploymentRow(deployment_id="d1", status="error", error_message="password=canary-1 failed")
LOG = "\n".join(["VAULT_TOKEN=canary-2", *(f"line {n}" for n in range(100)), "the-key stands here"])


def _report(server: Scripted, failure: Failure = Failure.DEPLOYMENT_ERROR, **given: object) -> DeployFailed:
    reporter = Reporter(here=server.here(), target=TARGET, previous=given.pop("previous", None))  # type: ignore[arg-type]  # a release or none
    return reporter.failed(failure, "something happened", **given)  # type: ignore[arg-type]  # as given


def test_d5_it_holds_the_error_and_at_least_thirty_lines_of_the_log() -> None:
    text = str(_report(Scripted().on("deployment.readLogs", LOG), record=RECORD))

    assert "Deploying app-abc123 failed: something happened." in text
    assert "Record d1 is error: password=*** failed." in text
    assert text.count("  | line ") >= 30
    assert "line 99" in text


def test_d5_v6_the_log_is_masked_by_shape_and_by_value() -> None:
    text = str(_report(Scripted().on("deployment.readLogs", f"DB_PASSWORD=canary-2\n{LOG}"), record=RECORD))

    assert "canary" not in text
    assert "the-key" not in text


@pytest.mark.parametrize("failure", Failure)
def test_d5_it_ends_with_a_next_step_and_its_class(failure: Failure) -> None:
    lines = str(_report(Scripted(), failure)).splitlines()

    assert lines[-1] == f"Class: {failure}"
    assert lines[-2].startswith("Next: ")


def test_d5_an_unhealthy_deployment_names_the_command_that_shows_what_containers_printed() -> None:
    assert "`strata logs staging`" in str(_report(Scripted(), Failure.UNHEALTHY))


def test_d5_a_log_that_cannot_be_read_does_not_hide_the_failure() -> None:
    refused = refusal("deployment.readLogs", 401, "no", "UNAUTHORIZED")
    text = str(_report(Scripted().on("deployment.readLogs", refused), record=RECORD))

    assert "something happened" in text
    assert "Its log is empty." in text


def test_o2_a_wait_is_told_once_and_only_when_it_takes_longer_than_a_moment(
    caplog: pytest.LogCaptureFixture,
) -> None:
    server = Scripted()
    reporter = Reporter(here=server.here(), target=TARGET)
    caplog.set_level("INFO", logger="dokploy_provider")
    reporter.waiting("first")
    server.time.time += 3
    for text in ("second", "second", "third"):
        reporter.waiting(text)

    assert [record.message for record in caplog.records] == ["app-abc123: second", "app-abc123: third"]


def test_d10_it_names_the_release_to_go_back_to() -> None:
    text = str(_report(Scripted(), previous={"version": "v1.0.0"}))

    assert "`RELEASE=v1.0.0 pulumi up --refresh --stack staging`" in text
