"""The state in a bucket of a real S3 server: read-only plans, runs in turn, one killed in between (W6)."""

import os
import signal
from collections.abc import Iterator

import pytest

from tests.e2e.cloud import Cloud, Result
from tests.e2e.looks import await_line, await_that, composes, owned, records
from tests.e2e.test_journey import PREVIEW, version
from tests.e2e.test_plan import Review, settings
from tests.seaweed import READS, WRITES, Seaweed, seaweed, secret

pytestmark = pytest.mark.e2e

STACK = "pr-12"
APP = "finance-report-pr-12"
UP = ("pulumi", "up", "--yes", "--skip-preview", "--non-interactive", "--stack", STACK)
ENGINE = f".pulumi/locks/organization/finance-report/{STACK}/"
MARKERS = f"{ENGINE}strata/"


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seaweed]:
    """One for each test: an emptied bucket still lists its empty folders, which the engine trips over."""
    with seaweed(tmp_path_factory.mktemp("seaweed")) as running:
        yield running


@pytest.fixture
def bucket(cloud: Cloud, server: Seaweed) -> Cloud:
    """A cloud whose state is a bucket, written with a deploy's credentials."""
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
    assert [key for key in left if "/locks/" in key or ("/stacks/" in key and key.endswith(".json"))] == []


@pytest.mark.long
def test_w6_of_two_runs_at_once_the_second_is_told_the_owner_and_goes_when_the_first_is_done(
    bucket: Cloud, server: Seaweed
) -> None:
    source = bucket.pr(STACK)
    job = f'strata lock take {STACK} "$@" && {" ".join(UP)} --refresh && strata lock release {STACK}'
    bucket.fault(part="dokploy", kind="freeze", path="compose.deploy", key=APP)

    first = bucket.start("sh", "-c", job, "first", **source)
    await_that(lambda: deployed(bucket), what="the first deploys", beside=first)
    refused = bucket.run("setsid", "--wait", "sh", "-c", job, "second", **source).refused(3)
    waiting = bucket.start("sh", "-c", job, "third", "--wait", "5", **source)
    await_line(waiting, "Waiting.")
    bucket.control.delete("/faults").raise_for_status()
    outputs = [one.communicate(timeout=300)[0] for one in (first, waiting)]

    assert f"{STACK} is held by " in refused.output
    assert "that process still runs. Next: wait until it has ended" in refused.output
    assert [first.returncode, waiting.returncode] == [0, 0], outputs
    assert set(owned(bucket).values()) == {1}
    assert len(records(bucket, APP)) == 1, "the third found nothing left to do"
    assert version(bucket, PREVIEW).startswith("pr-12-")
    assert locks(server) == []


@pytest.mark.long
def test_w6_without_markers_the_engine_itself_lets_one_of_two_through(bucket: Cloud, server: Seaweed) -> None:
    source = bucket.pr(STACK)
    bucket.run("strata", "lock", "take", STACK).ok()  # keeps the folder from being empty, see keeper.py
    bucket.fault(part="dokploy", kind="freeze", path="compose.deploy", key=APP)
    first = bucket.start(*UP, **source)
    await_that(lambda: deployed(bucket), what="the first deploys", beside=first)

    refused = up(bucket, **source).refused()
    bucket.control.delete("/faults").raise_for_status()
    output, _ = first.communicate(timeout=300)

    assert "the stack is currently locked by 1 lock(s)" in refused.output
    assert first.returncode == 0, output
    up(bucket, "--expect-no-changes").ok()


@pytest.mark.long
def test_s10_w6_a_job_killed_in_the_middle_is_followed_by_one_that_clears_its_lock_once_it_is_over(
    bucket: Cloud, server: Seaweed
) -> None:
    source = bucket.pr(STACK)
    number = (
        bucket.control.post("/github/runs", json={"workflow": "pr-test.yml", "status": "in_progress"})
        .raise_for_status()
        .json()["id"]
    )
    bucket.run("strata", "lock", "take", STACK, **run(number)).ok()
    bucket.fault(part="dokploy", kind="freeze", path="compose.deploy", key=APP)
    up_of_first = bucket.start(*UP, **source, **run(number))
    await_that(lambda: deployed(bucket), what="the first deploys", beside=up_of_first)
    os.killpg(up_of_first.pid, signal.SIGKILL)
    up_of_first.communicate()
    bucket.control.delete("/faults").raise_for_status()

    going_on = bucket.run("strata", "lock", "take", STACK, **run(number + 1)).refused(3)
    over = {"status": "completed", "conclusion": "cancelled"}
    bucket.control.patch(f"/github/runs/{number}", json=over).raise_for_status()
    cleared = bucket.run("strata", "lock", "take", STACK, **run(number + 1)).ok()
    up(bucket, "--refresh", **source, **run(number + 1)).ok()

    assert "that run is in_progress" in going_on.output
    assert "that run is over (cancelled)" in cleared.output
    assert "cleared the lock of an engine of" in cleared.output
    assert f"`pulumi up --refresh --stack {STACK}`" in cleared.output
    assert set(owned(bucket).values()) == {1}
    assert version(bucket, PREVIEW).startswith("pr-12-")
    up(bucket, "--expect-no-changes").ok()
    bucket.run("strata", "lock", "release", STACK, **run(number + 1)).ok()
    assert locks(server) == []


@pytest.mark.long
def test_the_engines_own_cancel_leaves_a_marker_and_sees_no_lock_in_it(cloud: Cloud) -> None:
    cloud.pulumi("stack", "init", STACK).ok()
    cloud.run("strata", "lock", "take", STACK).ok()

    cloud.pulumi("cancel", "--yes", "--stack", STACK)

    assert len(list((cloud.state / MARKERS).iterdir())) == 1
    cloud.up(STACK, **cloud.pr(STACK)).ok()
    cloud.run("strata", "lock", "release", STACK).ok()
    assert [file for file in cloud.state.rglob("*") if file.is_file() and "locks" in file.parts] == []


@pytest.mark.long
def test_v3_a_review_plans_with_a_bucket_that_it_may_read_only(bucket: Cloud, server: Seaweed) -> None:
    bucket.pulumi("stack", "init", "staging").ok()
    bucket.run("strata", "lock", "take", "staging").ok()
    bucket.pulumi("up", "--yes", "--skip-preview", "--stack", "staging", RELEASE="v1.0.0").ok()
    bucket.run("strata", "lock", "release", "staging").ok()
    review = Review(bucket)
    review.environment |= server.environment(READS)
    before = server.objects()
    settings(bucket, "staging", tls="none")

    planned = review.plan().ok()

    assert "updated staging-app-domain-frontend (Domain): certificate_type, https" in planned.output
    assert "Diff of staging" in review.comments()[0]
    assert server.objects() == before
    assert secret(READS) not in review.comments()[0] + planned.output


def deployed(cloud: Cloud) -> bool:
    """Whether a deployment of ours has begun."""
    return any(row["name"] == APP and row["deployments"] for row in composes(cloud))


def locks(server: Seaweed) -> list[str]:
    """Markers and the engine's locks."""
    return [key for key in server.objects(ENGINE) if key.endswith(".json")]
