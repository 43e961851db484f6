"""A stack that never ran: what Docker would wait for without end."""

import pytest

from tests.e2e.cloud import Cloud

pytestmark = pytest.mark.e2e


def test_d2_a_first_release_that_exits_ends_and_frees_the_queue_for_the_next(cloud: Cloud) -> None:
    cloud.release("v9.0.0", backend={"strata.sandbox.behaviour": "exits"})
    cloud.pulumi("stack", "init", "staging").ok()
    cloud.pulumi("config", "set", "healthyTimeoutSeconds", "5", "--stack", "staging").ok()

    failed = cloud.up("staging", release="v9.0.0").refused()

    assert "tasks of a service fail and none runs; it was stopped" in failed.output
    assert "Class: unhealthy" in failed.output
    cloud.up("staging", "--refresh", release="v1.0.0").ok()
    assert cloud.health("report-staging.zitian.party").json()["version"] == "v1.0.0"
