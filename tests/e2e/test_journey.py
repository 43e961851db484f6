"""An application's way from a pull request to production, with the real engine."""

import json
import re

import pytest

from tests.e2e.cloud import Cloud

pytestmark = pytest.mark.e2e

STAGING = "report-staging.zitian.party"
PRODUCTION = "report.zitian.party"
PREVIEW = "report-pr-12.zitian.party"


def version(cloud: Cloud, host: str) -> str:
    answer = cloud.health(host)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["version"])


def test_a_release_reaches_staging_and_then_production(cloud: Cloud) -> None:
    cloud.up("staging", release="v1.0.0").ok()
    assert version(cloud, STAGING) == "v1.0.0"

    cloud.up("production", release="v1.0.0").ok()
    assert version(cloud, PRODUCTION) == "v1.0.0"


def test_a_second_up_changes_nothing_and_asks_dokploy_nothing(cloud: Cloud) -> None:
    cloud.up("staging", release="v1.0.0").ok()
    before = cloud.cursor()

    cloud.up("staging", "--expect-no-changes").ok()
    cloud.preview("staging", "--expect-no-changes").ok()

    assert cloud.log(before) == []


def test_a_preview_of_a_release_shows_what_it_changes_and_asks_dokploy_nothing(cloud: Cloud) -> None:
    cloud.up("staging", release="v1.0.0").ok()
    before = cloud.cursor()

    shown = cloud.pulumi("preview", "--json", "--stack", "staging", RELEASE="v1.0.1").ok()

    steps = json.loads(shown.stdout)["steps"]
    changed = {step["urn"].rsplit("::", 1)[1]: step["op"] for step in steps if step["op"] != "same"}
    assert changed == {
        "staging-app": "update",
        "staging-app-compose": "update",
        "staging-app-deployment": "update",
    }
    seen = cloud.preview("staging", release="v1.0.1").ok().stdout
    named = set(re.findall(r"^ *[~+-] (\w+) *:(?: |$)", seen, re.MULTILINE))
    assert named == {"release", "env", "images", "backend", "frontend", "version", "revisions"}
    (unknown,) = [line.strip() for line in seen.splitlines() if "[unknown]" in line or "output<" in line]
    assert unknown.startswith("~ [0]: "), "no more than the revision that the compose is going to have"
    assert cloud.log(before) == []


def test_a_refresh_of_what_was_just_deployed_finds_no_drift(cloud: Cloud) -> None:
    cloud.up("staging", release="v1.0.0").ok()

    cloud.refresh("staging", "--preview-only", "--expect-no-changes").ok()


def test_production_refuses_what_staging_has_not_verified(cloud: Cloud) -> None:
    cloud.up("staging", release="v1.0.0").ok()
    before = cloud.cursor()

    refused = cloud.up("production", release="v1.0.1").refused()

    assert "staging has verified: v1.0.0" in refused.output
    assert cloud.log(before) == []


def test_a_pull_request_comes_and_goes(cloud: Cloud) -> None:
    cloud.up("pr-12", **cloud.pr("pr-12")).ok()
    assert version(cloud, PREVIEW).startswith("pr-12-")

    cloud.up("pr-12", "--expect-no-changes").ok()
    cloud.destroy("pr-12", "--remove").ok()

    names = json.dumps(cloud.control.get("/engine").json())
    assert "pr-12" not in names


def test_a_stack_that_is_no_layer_is_refused(cloud: Cloud) -> None:
    assert "is not a layer" in cloud.preview("nonsense").refused().output
