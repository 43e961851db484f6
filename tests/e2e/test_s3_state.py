"""The state in a bucket of a real S3 server: read-only plans, runs in turn, and who was killed in between (W6)."""

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from strata.lock.store import Files
from tests.e2e.cloud import Cloud, Result
from tests.e2e.looks import await_that, owned, records
from tests.e2e.test_journey import PREVIEW, version
from tests.seaweed import READS, WRITES, Seaweed, seaweed

pytestmark = pytest.mark.e2e

STACK = "pr-12"
APP = "finance-report-pr-12"
UP = ("pulumi", "up", "--yes", "--skip-preview", "--non-interactive", "--stack", STACK)
ENGINE = f".pulumi/locks/organization/finance-report/{STACK}/"
MARKERS = f"{ENGINE}strata/"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seaweed]:
    with seaweed(tmp_path_factory.mktemp("seaweed")) as running:
        yield running


@pytest.fixture
def bucket(cloud: Cloud, server: Seaweed) -> Cloud:
    """A cloud whose state is an emptied bucket, written with a deploy's credentials."""
    for key in server.objects():
        server.client().delete_object(Bucket="state", Key=key)
    cloud.environment |= server.environment(WRITES) | {"PULUMI_BACKEND_URL": server.url()}
    cloud.pulumi("stack", "init", STACK).ok()
    return cloud


def pulumi(cloud: Cloud, verb: str, *options: str, **variables: str) -> Result:
    """A verb on our stack; `Cloud.up` looks for a folder of state."""
    return cloud.pulumi(verb, "--stack", STACK, *options, **variables)


def up(cloud: Cloud, *options: str, **variables: str) -> Result:
    return pulumi(cloud, "up", "--yes", "--skip-preview", *options, **variables)


def run(number: int, attempt: int = 1) -> dict[str, str]:
    """The variables by which a job's step knows its run."""
    return {
        "GITHUB_ACTIONS": "true",
        "GITHUB_RUN_ID": str(number),
        "GITHUB_RUN_ATTEMPT": str(attempt),
        "GITHUB_REPOSITORY": "zitian-party/finance_report",
        "GITHUB_ACTOR": "octocat",
    }


def test_w6_a_stack_comes_and_goes_with_its_state_in_a_bucket_and_reading_is_enough_for_a_plan(
    bucket: Cloud, server: Seaweed
) -> None:
    source = bucket.pr(STACK)
    readers = server.environment(READS)

    assert bucket.run("strata", "lock", "take", STACK).ok()
    up(bucket, **source).ok()
    assert version(bucket, PREVIEW).startswith("pr-12-")
    kept = server.objects()
    assert f".pulumi/stacks/finance-report/{STACK}.json" in kept
    assert [key for key in kept if key.startswith(MARKERS)] == [f"{MARKERS}00000001.json"]

    pulumi(bucket, "preview", "--expect-no-changes", **readers).ok()
    refused = up(bucket, **readers).refused()
    assert "AccessDenied" in refused.output
    assert server.objects() == kept

    pulumi(bucket, "destroy", "--yes", "--skip-preview", "--remove").ok()
    bucket.run("strata", "lock", "release", STACK).ok()
    left = server.objects()
    assert [key for key in left if "/locks/" in key or "/stacks/" in key and key.endswith(".json")] == []
