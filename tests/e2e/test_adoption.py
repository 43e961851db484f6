"""A team that clicked its project together in Dokploy: the stack takes it over by its ids (S4)."""

from typing import Any

import pytest

from tests.e2e.cloud import Cloud
from tests.e2e.test_journey import STAGING, version

pytestmark = pytest.mark.e2e


def made(cloud: Cloud, procedure: str, **fields: Any) -> dict[str, Any]:
    """One call of Dokploy's API, as its web interface makes it."""
    found: dict[str, Any] = cloud.dokploy.post(f"/{procedure}", json=fields).raise_for_status().json()
    return found


def test_s4_what_was_clicked_together_is_taken_over_and_nothing_is_made_twice(cloud: Cloud) -> None:
    project = made(cloud, "project.create", name="finance_report", description="by hand")["project"]
    environment = made(cloud, "environment.create", projectId=project["projectId"], name="staging")
    composes = {
        tier: made(
            cloud,
            "compose.create",
            environmentId=environment["environmentId"],
            name=f"finance-report-staging-{tier}",
            composeType=kind,
            appName=f"by-hand-{tier}",
        )
        for tier, kind in (("data", "docker-compose"), ("app", "stack"))
    }
    assert "adopt" in cloud.up("staging", release="v1.0.0").refused().output

    ids = {"project": project["projectId"], "environment": environment["environmentId"]}
    ids |= {tier: compose["composeId"] for tier, compose in composes.items()}
    for name, id_ in ids.items():
        # one id in 64 begins with a dash, which `config set` takes for an option
        setting = f"finance-report:adopt.{name}={id_}"
        cloud.pulumi("config", "set-all", "--path", "--stack", "staging", "--plaintext", setting).ok()
    cloud.up("staging", release="v1.0.0").ok()

    assert version(cloud, STAGING) == "v1.0.0"
    state = cloud.resources("staging")
    assert {tier: state[f"staging-{tier}-compose"]["id"] for tier in composes} == {
        tier: compose["composeId"] for tier, compose in composes.items()
    }
    (only,) = cloud.dokploy.get("/project.all").json()
    assert only["projectId"] == project["projectId"]
    cloud.preview("staging", "--expect-no-changes").ok()
    cloud.up("staging", "--refresh", "--expect-no-changes").ok()
