"""The scheduled look with the real engine: one issue that comes, changes and goes."""

import pytest

from tests.e2e.cloud import Cloud
from tests.e2e.githubs import OPEN, github, issues, strata
from tests.e2e.looks import compose
from tests.e2e.snapshot import staging_runs

pytestmark = pytest.mark.e2e

CANARY = "canary-a81f7e55d2"
APP = "finance-report-staging-app"


def test_g4_drift_opens_one_issue_of_names_and_the_repaired_stack_closes_it(cloud: Cloud) -> None:
    staging_runs(cloud)
    assert (
        strata(cloud, "drift", "staging", "--issue").ok().stdout.startswith("staging is what its state says")
    )
    assert issues(cloud) == []
    row = compose(cloud, APP)
    env = f"{row['env']}\nEXTRA='{CANARY}'"
    cloud.dokploy.post("/compose.update", json={"composeId": row["composeId"], "env": env}).raise_for_status()
    github(cloud, "PUT", "environments/staging", json=OPEN)

    drifted = strata(cloud, "drift", "staging", "--issue").refused(1)

    assert "staging-app-compose (Compose) differs: env" in drifted.stdout
    assert "staging-gate-environment (RepositoryEnvironment) differs: canAdminsBypass" in drifted.stdout
    assert "environment staging: administrators may pass without approval" in drifted.stdout
    (issue,) = issues(cloud)
    assert (issue["title"], issue["state"]) == ("staging has drifted", "open")
    assert "staging-app-compose (Compose) differs: env" in issue["body"]
    assert CANARY not in drifted.output + issue["body"]

    cloud.up("staging", "--refresh").ok()
    strata(cloud, "drift", "staging", "--issue").ok()

    assert [(one["number"], one["state"]) for one in issues(cloud)] == [(issue["number"], "closed")]


def test_g4_a_dokploy_that_is_away_is_no_drift(cloud: Cloud) -> None:
    staging_runs(cloud)
    cloud.fault(part="dokploy", kind="reject", status=503, times=0)

    unseen = strata(cloud, "drift", "staging", "--issue").refused(3)

    assert "not seen  state: pulumi could not look at staging" in unseen.stdout
    assert "drifted" not in unseen.stdout
    (issue,) = issues(cloud)
    assert issue["title"] == "staging could not be looked at"
    assert "This says nothing about what is there" in issue["body"]
