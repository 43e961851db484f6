"""`strata verify` at a whole sandbox: the seed's verification commands as one (C2, C8, W2)."""

import pytest

from tests.e2e.cloud import Cloud
from tests.e2e.looks import by_hand, compose

pytestmark = pytest.mark.e2e

APP = "finance-report-staging-app"


def test_what_runs_and_what_is_written_is_looked_at_by_one_command(cloud: Cloud) -> None:
    # not from a snapshot, which has no folders of Dokploy's host: nothing could be stopped there
    cloud.up("staging", release="v1.0.0").ok()

    fine = cloud.run("strata", "verify").ok()
    by_hand(cloud, "compose.stop", {"composeId": compose(cloud, APP)["composeId"]})
    down = cloud.run("strata", "verify", "staging", "--only", "health").refused()

    lines = fine.stdout.splitlines()
    (staging,) = [line for line in lines if line.startswith("health") and "  staging" in line]
    assert "fine" in staging
    assert "https://report-staging.zitian.party: v1.0.0, commit " in staging
    (production,) = [line for line in lines if line.startswith("health") and "production" in line]
    assert "not there" in production
    assert [line for line in lines if "wrong" in line or "could not look" in line] == []
    assert sum(line.startswith("compose") for line in lines) == 7
    assert "wrong" in down.stdout
    assert "next: `strata status`, `strata logs staging`" in down.stderr
