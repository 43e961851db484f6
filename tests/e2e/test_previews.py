"""The commands around a preview with the real Pulumi engine, the sandbox's Dokploy, Git and GitHub."""

import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
import yaml

from tests.e2e.cloud import Cloud, Result
from tests.e2e.looks import await_that, environments, left_of, records, running
from tests.e2e.snapshot import staging_runs
from tests.e2e.test_pull_request import served

pytestmark = pytest.mark.e2e

STACK = "pr-12"
URL = "https://report-pr-12.zitian.party"


@dataclass
class Job:
    """One job of `pr-test.yml` on a runner of its own: its steps' files, and no stack file from before."""

    cloud: Cloud
    number: int
    variables: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        (self.cloud.project / f"Pulumi.pr-{self.number}.yaml").unlink(missing_ok=True)

    def strata(self, *words: str) -> tuple[Result, dict[str, str]]:
        """A step; its result and its outputs."""
        outputs, handed = self.cloud.place / "outputs", self.cloud.place / "handed-on"
        for file in (outputs, handed):
            file.write_text("")
        done = self.cloud.run(
            "strata",
            "preview",
            *words,
            GITHUB_OUTPUT=str(outputs),
            GITHUB_ENV=str(handed),
            GITHUB_STEP_SUMMARY=str(self.cloud.place / "summary"),
            RUNNER_TEMP=str(self.cloud.place),
            **self.variables,
        )
        self.variables |= _said(handed.read_text())
        return done, _said(outputs.read_text())

    def look(self) -> str:
        done, outputs = self.strata("look", "--pr", str(self.number))
        done.ok()
        return outputs["action"]

    def up(self) -> Result:
        """The job `up`."""
        n = str(self.number)
        done, outputs = self.strata("before", "--pr", n, "--action", "up")
        assert outputs.get("go") == "true", done.output
        words = ("--refresh", "--yes", "--skip-preview", "--stack", f"pr-{n}")
        ran = self.cloud.pulumi("up", *words, **self.variables)
        outcome = "success" if ran.code == 0 else "failure"
        self.strata("after", "--pr", n, "--action", "up", "--outcome", outcome)[0].ok()
        return ran

    def destroy(self) -> Result:
        """The job `destroy`."""
        n, outcome = str(self.number), "skipped"
        done, outputs = self.strata("before", "--pr", n, "--action", "destroy")
        done.ok()
        if outputs["go"] == "true":
            words = ("--yes", "--skip-preview", "--remove", "--stack", f"pr-{n}")
            self.cloud.pulumi("destroy", *words).ok()
            outcome = "success"
        said = ("--outcome", outcome, "--go", outputs["go"])
        return self.strata("after", "--pr", n, "--action", "destroy", *said)[0]


def _said(text: str) -> dict[str, str]:
    lines = text.splitlines()
    return {lines[i].partition("<<")[0]: lines[i + 1] for i in range(0, len(lines), 3)}


def people(cloud: Cloud, method: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What people do at GitHub."""
    answer = cloud.control.request(method, f"/github{path}", json=body)
    assert answer.is_success, answer.text
    return dict(answer.json()) if answer.content else {}


def opened(cloud: Cloud, number: int) -> str:
    body = {
        "number": number,
        "branch": f"feature-{number}",
        "files": {"NOTES.md": "one"},
        "title": "$(id) `x`",
    }
    return str(people(cloud, "POST", "/pulls", body)["sha"])


def table(cloud: Cloud, name: str) -> list[dict[str, Any]]:
    """A table of the sandbox's GitHub."""
    rows: Any = cloud.control.get(f"/github/tables/{name}").raise_for_status().json()
    return list(rows.values()) if isinstance(rows, dict) else list(rows)


def tags(cloud: Cloud) -> dict[str, str]:
    """The tags of previews, as Git's own clients see them."""
    url = f"{cloud.environment['GITHUB_SERVER_URL']}/zitian-party/finance_report.git"
    lines = cloud.run("git", "ls-remote", "--tags", url, "preview/*").ok().stdout.splitlines()
    return {name.removeprefix("refs/tags/"): sha for sha, name in (line.split("\t") for line in lines)}


def comment(cloud: Cloud) -> str:
    (only,) = [row for row in table(cloud, "comment") if row["issue"] == 12]
    return str(only["body"])


def test_p1_p3_p4_p7_a_pull_request_comes_is_pushed_to_and_goes_by_the_workflows_commands(
    cloud: Cloud,
) -> None:
    first = opened(cloud, 12)
    assert Job(cloud, 12).look() == "up"
    Job(cloud, 12).up().ok()

    assert served(cloud, STACK) == (STACK, first)
    assert tags(cloud) == {f"preview/pr-12-{first[:7]}": first}
    assert URL in comment(cloud)
    second = str(people(cloud, "POST", "/pulls/12/commits", {"files": {"NOTES.md": "two"}})["sha"])
    Job(cloud, 12).up().ok()

    assert served(cloud, STACK) == (STACK, second)
    assert tags(cloud) == {f"preview/pr-12-{second[:7]}": second}
    assert second[:7] in comment(cloud)
    assert [row["environment"] for row in table(cloud, "deployment")] == [STACK]
    people(cloud, "DELETE", "/pulls/12/branch")
    assert Job(cloud, 12).look() == "destroy"
    Job(cloud, 12).destroy().ok()

    assert left_of(cloud, STACK) == {}
    assert (tags(cloud), table(cloud, "deployment")) == ({}, [])
    assert URL not in comment(cloud)
    assert cloud.pulumi("stack", "ls", "--json").ok().stdout.strip() == "[]"
    Job(cloud, 12).destroy().ok()


@pytest.mark.long
def test_p3_p5_a_preview_whose_state_is_lost_is_removed_by_its_marker_and_nothing_else_is(
    cloud: Cloud,
) -> None:
    staging_runs(cloud)
    staging = running(cloud, "finance-report-staging")
    opened(cloud, 12)
    Job(cloud, 12).up().ok()
    for file in (cloud.state / ".pulumi" / "stacks" / "finance-report").glob("pr-12*"):
        file.unlink()
    people(cloud, "PATCH", "/pulls/12", {"state": "closed"})

    listed = cloud.run("strata", "sweep").ok().stdout

    assert "pr-12" in listed
    (started,) = cloud.control.get("/github/dispatches").json()
    assert (started["workflow"], started["inputs"]) == ("pr-test.yml", {"number": "12"})
    Job(cloud, 12).destroy().ok()
    assert left_of(cloud, STACK) == {}
    assert running(cloud, "finance-report-staging") == staging
    assert "nothing was started" in cloud.run("strata", "sweep", "--dry-run").ok().stderr


@pytest.mark.long
def test_p1_p3_closed_while_the_first_deploy_is_killed_it_is_told_and_wholly_removed(cloud: Cloud) -> None:
    opened(cloud, 12)
    job = Job(cloud, 12)
    _, outputs = job.strata("before", "--pr", "12", "--action", "up")
    assert outputs["go"] == "true"
    cloud.fault(part="dokploy", kind="freeze", path="compose.deploy", key="finance-report-pr-12")
    words = ("--refresh", "--yes", "--skip-preview", "--non-interactive", "--stack", STACK)
    up = cloud.start("pulumi", "up", *words, **job.variables)
    await_that(lambda: environments(cloud).get(STACK, {}).get("compose"), what="the compose", beside=up)
    await_that(lambda: records(cloud, "finance-report-pr-12"), what="the build's record", beside=up)
    people(cloud, "PATCH", "/pulls/12", {"state": "closed"})
    os.killpg(up.pid, signal.SIGKILL)
    up.communicate()
    cloud.control.delete("/faults").raise_for_status()
    job.strata("after", "--pr", "12", "--action", "up", "--outcome", "cancelled")[0].ok()
    assert "**Failed**" in comment(cloud)
    cloud.pulumi("cancel", "--yes", "--stack", STACK).ok()

    assert Job(cloud, 12).look() == "destroy"
    Job(cloud, 12).destroy().ok()

    assert left_of(cloud, STACK) == {}
    assert (tags(cloud), table(cloud, "deployment")) == ({}, [])
    assert "**Removed**" in comment(cloud)
    assert cloud.pulumi("stack", "ls", "--json").ok().stdout.strip() == "[]"


@pytest.mark.long
def test_p10_beside_staging_a_preview_is_refused_by_the_command_and_by_a_plain_up(cloud: Cloud) -> None:
    staging_runs(cloud)
    file = cloud.project / "Pulumi.yaml"
    content = yaml.safe_load(file.read_text())
    content["config"]["previewsBesideStanding"]["default"] = False
    file.write_text(yaml.safe_dump(content))
    opened(cloud, 12)

    refused, _ = Job(cloud, 12).strata("before", "--pr", "12", "--action", "up")

    assert "also carries staging" in refused.refused(3).output
    assert "previewsBesideStanding" in comment(cloud)
    shown = cloud.up(STACK, **cloud.pr(STACK)).refused().output
    assert "this Dokploy also carries staging" in shown
    assert STACK not in environments(cloud)
    assert [row for row in table(cloud, "deployment") if row["environment"] == STACK] == []
