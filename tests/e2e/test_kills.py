"""Whoever is killed, and whenever: `pulumi cancel` and `up --refresh` bring what was declared (S10)."""

import os
import signal
from pathlib import Path
from subprocess import Popen

import pytest

from tests.e2e.cloud import Cloud, start_sandbox, stop_sandbox
from tests.e2e.looks import await_line, await_that, composes, owned, records, running
from tests.e2e.snapshot import staging_runs
from tests.e2e.test_journey import PREVIEW, STAGING, version

pytestmark = [pytest.mark.e2e, pytest.mark.long]

APP = "finance-report-staging-app"
NAME = "finance-report-pr-12"
UP = ("up", "--yes", "--skip-preview", "--non-interactive", "--stack")


def killed(process: Popen[str]) -> None:
    """The end of an engine and of all that it started, as by a machine that goes down."""
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def await_running(cloud: Cloud, up: Popen[str]) -> None:
    """Wait until a release's deployment runs."""
    await_that(lambda: records(cloud, APP)[0]["status"] == "running", what="the deployment runs", beside=up)


def descendants(pid: int) -> dict[int, str]:
    """The processes that a process started, and those that they started, with their command lines."""
    found: dict[int, str] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            words = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:  # it has ended
            continue
        if parent == pid:
            found |= {int(folder.name): words} | descendants(int(folder.name))
    return found


@pytest.mark.parametrize(
    ("kind", "call"),
    [
        ("slow", "project.create"),
        ("slow", "environment.create"),
        ("slow", "compose.create"),
        ("slow", "compose.update"),
        ("slow", "domain.create"),
        ("freeze", "compose.deploy"),
    ],
)
def test_an_engine_killed_at_the_first_up_has_left_nothing_twice(cloud: Cloud, kind: str, call: str) -> None:
    variables = cloud.pr("pr-12")
    cloud.pulumi("stack", "init", "pr-12").ok()
    cloud.fault(part="dokploy", kind=kind, path=call, seconds=600.0, times=0)
    up = cloud.start("pulumi", *UP, "pr-12", **variables)
    await_that(
        lambda: cloud.control.get("/faults").json()[0]["hits"], what=f"{call} is on its way", beside=up
    )
    killed(up)
    cloud.control.delete("/faults").raise_for_status()  # what was on its way arrives

    cloud.pulumi("cancel", "--yes", "--stack", "pr-12").ok()
    cloud.up("pr-12", "--refresh", **variables).ok()

    assert set(owned(cloud).values()) == {1}
    (compose,) = composes(cloud)
    assert compose["name"] == NAME
    # Dokploy overwrites the title of a Git deployment that has ended: it cannot be known again.
    assert len(compose["deployments"]) in ({1, 2} if kind == "freeze" else {1})
    assert len(compose["domains"]) == 3
    assert version(cloud, PREVIEW).startswith("pr-12-")
    cloud.up("pr-12", "--expect-no-changes").ok()


def test_an_engine_killed_in_the_middle_of_a_deployment_is_followed_by_one_that_waits_for_it(
    cloud: Cloud,
) -> None:
    staging_runs(cloud)
    cloud.fault(part="dokploy", kind="freeze", path="compose.deploy", key=APP)
    up = cloud.start("pulumi", *UP, "staging", RELEASE="v1.0.1")
    await_running(cloud, up)
    killed(up)

    assert "locked" in cloud.up("staging", release="v1.0.1").refused().output
    cloud.pulumi("cancel", "--yes", "--stack", "staging").ok()
    resumed = cloud.start("pulumi", *UP, "staging", "--refresh", RELEASE="v1.0.1")
    try:
        await_line(resumed, "an earlier run's deployment with the same inputs is under way")
    finally:
        cloud.control.delete("/faults").raise_for_status()
    output, _ = resumed.communicate(timeout=60)

    assert resumed.returncode == 0, output
    assert len(records(cloud, APP)) == 2
    assert version(cloud, STAGING) == "v1.0.1"
    assert [v["version"] for v in cloud.outputs("staging")["verifiedReleases"]] == ["v1.0.1", "v1.0.0"]
    cloud.up("staging", "--expect-no-changes").ok()


def test_a_provider_killed_in_the_middle_of_a_deployment_fails_the_run_and_the_next_replaces_nothing(
    cloud: Cloud,
) -> None:
    staging_runs(cloud)
    cloud.fault(part="dokploy", kind="freeze", path="compose.deploy", key=APP)
    up = cloud.start("pulumi", *UP, "staging", RELEASE="v1.0.1")
    await_running(cloud, up)
    providers = [pid for pid, words in descendants(up.pid).items() if "pulumi.dynamic" in words]
    assert providers
    for pid in providers:
        os.kill(pid, signal.SIGKILL)
    output, _ = up.communicate(timeout=60)
    assert up.returncode != 0, output
    cloud.control.delete("/faults").raise_for_status()
    await_that(lambda: records(cloud, APP)[0]["status"] == "done", what="the deployment ends by itself")
    runs = running(cloud, APP)

    cloud.up("staging", "--refresh", release="v1.0.1").ok()

    assert running(cloud, APP) == runs
    assert version(cloud, STAGING) == "v1.0.1"
    assert [v["version"] for v in cloud.outputs("staging")["verifiedReleases"]] == ["v1.0.1", "v1.0.0"]
    cloud.up("staging", "--expect-no-changes").ok()


def test_a_server_restarted_in_the_middle_of_a_deployment_ends_the_run_and_the_next_one_deploys(
    cloud: Cloud,
) -> None:
    staging_runs(cloud)
    cloud.fault(part="dokploy", kind="freeze", path="compose.deploy", key=APP)
    up = cloud.start("pulumi", *UP, "staging", RELEASE="v1.0.1")
    await_running(cloud, up)
    stop_sandbox(cloud.sandbox)
    start_sandbox(cloud.sandbox.folder.root)
    output, _ = up.communicate(timeout=60)

    assert up.returncode == 1
    assert "because Dokploy restarted" in output
    cloud.up("staging", "--refresh", release="v1.0.1").ok()

    assert [row["status"] for row in records(cloud, APP)] == ["done", "cancelled", "done"]
    assert version(cloud, STAGING) == "v1.0.1"
    cloud.up("staging", "--expect-no-changes").ok()
