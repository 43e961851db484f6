"""Production takes what staging has verified, and says what that is."""

import pytest

from tests.e2e import refusals
from tests.e2e.cloud import Cloud
from tests.e2e.looks import running
from tests.e2e.snapshot import staging_runs

pytestmark = pytest.mark.e2e


def test_r4_a_verified_release_is_planned_and_another_one_refused_naming_what_is_verified(
    cloud: Cloud,
) -> None:
    staging_runs(cloud)
    commit = cloud.outputs("staging")["release"]["commit"]
    before = cloud.cursor()

    planned = cloud.preview("production", release="v1.0.0").ok().stdout
    told = refusals.of_program(cloud.preview("production", release="v1.0.1"))

    assert "+ pulumi-python:dynamic/dokploy:Deployment: (create)" in planned
    for service in ("backend", "frontend"):
        assert f"ghcr.io/zitian-party/finance-report-{service}:v1.0.0@sha256:" in planned
    assert "staging has not verified the digests of v1.0.1, nothing was changed" in told
    assert f"staging has verified: v1.0.0 (commit {commit[:12]}, " in told
    assert "Run first: RELEASE=v1.0.1 pulumi up --refresh --stack staging" in told
    assert cloud.log(before) == []
    assert refusals.changes(cloud, before, "github") == []


def test_r4_without_a_staging_stack_production_refuses_and_says_so(cloud: Cloud) -> None:
    before = cloud.cursor()

    told = refusals.of_program(cloud.preview("production", release="v1.0.0"))

    assert "there is no staging stack yet" in told
    assert "run first: RELEASE=v1.0.0 pulumi up --refresh --stack staging" in told
    assert cloud.log(before) == []


@pytest.mark.long
def test_r4_a_tag_that_was_moved_since_is_refused_and_said_to_be(cloud: Cloud) -> None:
    staging_runs(cloud)
    cloud.release("v1.0.0", commit="e" * 40)

    told = refusals.of_program(cloud.preview("production", release="v1.0.0"))

    assert "The tag v1.0.0 named other digests when staging verified it: it was moved." in told


@pytest.mark.long
def test_r4_staging_that_never_verified_anything_is_told_apart_from_no_staging(cloud: Cloud) -> None:
    cloud.pulumi("stack", "init", "staging").ok()

    told = refusals.of_program(cloud.preview("production", release="v1.0.0"))

    assert "staging has not verified any release yet" in told


@pytest.mark.long
@pytest.mark.parametrize("release", ["sha-0123456789ab", "main", "v1.0.0-rc1"])
def test_r1_production_takes_version_tags_only(cloud: Cloud, release: str) -> None:
    told = refusals.of_program(cloud.preview("production", release=release))

    assert "production takes vX.Y.Z" in told


@pytest.mark.long
def test_r3_production_runs_the_digests_that_staging_verified(cloud: Cloud) -> None:
    staging_runs(cloud)

    cloud.up("production", release="v1.0.0").ok()

    releases = [cloud.outputs(stack)["release"] for stack in ("staging", "production")]
    assert releases[0]["images"] == releases[1]["images"]
    assert releases[0]["commit"] == releases[1]["commit"]
    assert (
        running(cloud, "finance-report-production").keys() == running(cloud, "finance-report-staging").keys()
    )
