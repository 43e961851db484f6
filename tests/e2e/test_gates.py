"""Gates as code with the real engine and plugin: made, guarded, audited, left behind, taken over."""

import pytest

from tests.e2e.cloud import Cloud
from tests.e2e.githubs import OPEN, audit, deploy_job, environments, github
from tests.e2e.snapshot import staging_runs

pytestmark = pytest.mark.e2e

FOUND = "every job can read its secret DOKPLOY_API_KEY; secrets live in Vault behind a gate, delete it"
STAGINGS = {"staging", "staging-observe", "plan", "preview"}


def test_g3_staging_makes_the_gates_it_keeps_and_the_audit_finds_them_as_declared(cloud: Cloud) -> None:
    staging_runs(cloud)

    assert environments(cloud) == STAGINGS
    (listed,) = github(cloud, "GET", "rulesets")
    assert listed["name"] == "strata-main"
    assert audit(cloud, "--stack", "staging") == (0, [])


def test_a_deploy_job_deploys_behind_gates_that_stand_and_says_so_where_it_would_change_one(
    cloud: Cloud,
) -> None:
    staging_runs(cloud)
    job = deploy_job(cloud)
    cloud.pulumi(
        "up", "--refresh", "--yes", "--skip-preview", "--expect-no-changes", "--stack", "staging", **job
    ).ok()
    github(cloud, "PUT", "environments/staging", json=OPEN)
    before = cloud.cursor()

    refused = cloud.up("staging", "--refresh", release="v1.0.1", **job).refused()

    assert "a deploy job may not change a gate; nothing was changed" in refused.output
    assert "gate staging: administrators may pass without approval" in refused.output
    assert "an administrator runs `strata audit`" in refused.output
    changes = [entry for entry in cloud.log(before, "github") if entry["method"] != "GET"]
    assert changes == []
    assert [one["version"] for one in cloud.outputs("staging")["verifiedReleases"]] == ["v1.0.0"]


@pytest.mark.long
def test_without_that_check_the_provider_would_say_403_and_neither_the_gate_nor_who_may(cloud: Cloud) -> None:
    staging_runs(cloud)
    github(cloud, "PUT", "environments/staging", json=OPEN)
    token = deploy_job(cloud)["GITHUB_TOKEN"]

    refused = cloud.up("staging", "--refresh", GITHUB_TOKEN=token).refused()

    assert "403 Resource not accessible by integration" in refused.output
    assert "administrator" not in refused.output


def test_s10_a_destroyed_staging_leaves_what_guards_more_than_itself_and_the_next_up_takes_it_over(
    cloud: Cloud,
) -> None:
    staging_runs(cloud)
    (ruleset,) = github(cloud, "GET", "rulesets")
    plan = github(cloud, "GET", "environments/plan")

    cloud.destroy("staging").ok()

    assert environments(cloud) == {"plan", "preview"}
    github(cloud, "PUT", f"rulesets/{ruleset['id']}", json={"enforcement": "disabled"})
    taken = cloud.up("staging", release="v1.0.0").ok()
    assert "strata-main at GitHub differs and is taken over as it is" in taken.output
    cloud.up("staging", "--refresh").ok()
    assert audit(cloud, "--stack", "staging") == (0, [])
    assert [one["id"] for one in github(cloud, "GET", "rulesets")] == [ruleset["id"]]
    assert github(cloud, "GET", "environments/plan")["id"] == plan["id"]


@pytest.mark.long
def test_g4_the_audit_sees_a_reviewer_rule_that_was_removed_by_hand_and_a_refresh_does_not(
    cloud: Cloud,
) -> None:
    staging_runs(cloud)
    cloud.up("production", release="v1.0.0").ok()
    assert audit(cloud) == (0, [])
    github(
        cloud, "PUT", "environments/production", json={**OPEN, "wait_timer": 5, "can_admins_bypass": False}
    )

    cloud.refresh("production", "--preview-only", "--expect-no-changes").ok()

    assert audit(cloud) == (1, ["environment production: the team 1001 is not among its reviewers"])
    refused = cloud.up("production", "--refresh", **deploy_job(cloud)).refused()
    assert "gate production: the team 1001 is not among its reviewers" in refused.output


@pytest.mark.long
def test_g4_the_audit_finds_what_was_added_beside_the_program(cloud: Cloud) -> None:
    staging_runs(cloud)
    github(
        cloud, "POST", "environments/plan/deployment-branch-policies", json={"name": "*", "type": "branch"}
    )
    for body in ({"name": "ANYTHING", "environment": "staging"}, {"name": "DOKPLOY_API_KEY"}):
        cloud.control.post("/github/secrets", json=body).raise_for_status()

    code, differences = audit(cloud)

    assert code == 1
    assert [one for one in differences if "production" not in one] == [
        "environment staging: it holds the secret ANYTHING; secrets live in Vault, delete it here",
        "environment plan: it takes the branch *, which is not declared",
        f"repository: {FOUND}",
    ]
