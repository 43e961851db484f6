"""`strata plan` with what the job of a review has: the role `plan`, and no key of Dokploy."""

import json
import re
from typing import Any

import pytest
import yaml

from tests.e2e.cloud import Cloud, Result
from tests.e2e.doors import make_doors
from tests.e2e.scanner import Scanner
from tests.e2e.snapshot import staging_runs
from tests.e2e.test_login import BEHIND_A_GATE, handed_on, login

pytestmark = pytest.mark.e2e

HOSTILE = "$(touch pwned) `id` </details> @everyone ](https://evil.example)"
# What leads this process to the sandbox, and its tools; no credential among them.
_PLACES = (
    "DOCKER_CONFIG",
    "GITHUB_BASE_URL",
    "GITHUB_LEGACY_CLIENT",
    "GITHUB_OWNER",
    "HOME",
    "NO_PROXY",
    "PATH",
    "PULUMI_HOME",
    "PULUMI_SKIP_UPDATE_CHECK",
    "SSL_CERT_FILE",
    "STRATA_REGISTRY_MIRROR",
    "VAULT_ADDR",
)


class Review:
    """A pull request and the job that plans for it."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        opened = {"branch": "feature-$(id)`x`", "files": {"NOTES.md": "x"}, "title": HOSTILE}
        self.pull = cloud.control.post("/github/pulls", json=opened).raise_for_status().json()
        permissions = {"contents": "read", "pull-requests": "write"}
        made = cloud.control.post("/github/tokens", json={"permissions": permissions}).raise_for_status()
        make_doors(cloud)
        (job,) = [one for one in BEHIND_A_GATE if (one.workflow, one.environment) == ("ci.yml", "plan")]
        login(cloud, job, "plan").ok()
        self.exported = handed_on(cloud.place)
        self._check_out()
        self.event = cloud.place / "event.json"
        self.summary = cloud.place / "summary.md"
        head = {"sha": self.pull["sha"], "ref": "feature-$(id)`x`"}
        body = {"number": self.pull["number"], "title": HOSTILE, "head": head}
        self.event.write_text(json.dumps({"action": "opened", "pull_request": body}))
        self.token = str(made.json()["token"])
        self.environment = {
            **{name: value for name, value in cloud.environment.items() if name in _PLACES},
            **self.exported,
            "PULUMI_BACKEND_URL": cloud.environment["PULUMI_BACKEND_URL"],
            "GITHUB_ACTIONS": "true",
            "GITHUB_EVENT_PATH": str(self.event),
            "GITHUB_REPOSITORY": "zitian-party/finance_report",
            "GITHUB_RUN_ID": "77",
            "GITHUB_SERVER_URL": "https://github.test",
            "GITHUB_STEP_SUMMARY": str(self.summary),
            "GITHUB_TOKEN": self.token,
        }

    def _check_out(self) -> None:
        """As a job has it: the salts that `stack init` wrote are on the machine of whoever ran it."""
        for file in self.cloud.project.glob("Pulumi.*.yaml"):
            lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
            file.write_text("".join(line for line in lines if not line.startswith("encryptionsalt")))

    def plan(self) -> Result:
        """`strata plan` with these variables and no others."""
        before, self.cloud.environment = self.cloud.environment, self.environment
        try:
            self.summary.write_text("")
            return self.cloud.run("strata", "plan", "--stack", "staging", "--stack", "production")
        finally:
            self.cloud.environment = before

    def comments(self) -> list[str]:
        """The bodies of all comments on the pull request."""
        rows: list[dict[str, Any]] = (
            self.cloud.control.get("/github/tables/comment").raise_for_status().json()
        )
        return [str(row["body"]) for row in rows]


def settings(cloud: Cloud, stack: str, **values: Any) -> None:
    """Change a stack's file in the checkout that is planned."""
    file = cloud.project / f"Pulumi.{stack}.yaml"
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    content["config"] |= {f"finance-report:{name}": value for name, value in values.items()}
    file.write_text(yaml.safe_dump(content), encoding="utf-8")


def test_v3_a_review_sees_what_changes_with_the_credentials_of_plan_alone(cloud: Cloud) -> None:
    staging_runs(cloud)
    review = Review(cloud)
    before = cloud.cursor()
    assert {name for name in review.exported if "DOKPLOY" in name} <= {"DOKPLOY_URL", "DOKPLOY_VAULT_ADDR"}
    assert not {name for name in review.exported if "GITHUB" in name}, "the job has its own token only"

    unchanged = review.plan().ok()
    settings(cloud, "staging", tls="none")
    changed = review.plan().ok()
    (comment,) = review.comments()
    summary = review.summary.read_text()

    assert "staging: no changes" in unchanged.output
    assert "production: runs nothing yet" in unchanged.output
    assert comment.startswith("<!-- strata:plan -->\n### What this changes at " + review.pull["sha"][:12])
    assert re.search(r"#### `staging`: \d+ updated, \d+ unchanged", comment)
    assert "- updated: `staging-app-domain-frontend` (`Domain`): " in comment
    assert "#### `production`: runs nothing yet" in comment
    assert "```diff\n" in comment
    assert re.search(r'^!.*"https://report-staging[^"]*" => "http://report-staging', comment, re.MULTILINE)
    assert summary.count("```diff\n") == 1
    assert len(summary) > len(comment)
    assert changed.output.count("updated staging-app-domain") == 3
    for text in (comment, summary, changed.output):
        assert "evil.example" not in text
    assert not (cloud.project / "pwned").exists()
    assert cloud.log(before) == [], "Dokploy is not asked for a plan"
    held = {
        name: value for name, value in review.environment.items() if value and re.search("TOKEN|PASS", name)
    }
    scanner = Scanner(secrets=held)
    assert held.keys() >= {"GITHUB_TOKEN", "VAULT_TOKEN", "PULUMI_CONFIG_PASSPHRASE"}
    for place, text in (("comment", comment), ("summary", summary), ("log", changed.output)):
        assert scanner.text(place, text) == []
    leaked = scanner.text("leaked", f"{comment}{review.token}")
    assert [hit.secret for hit in leaked] == ["GITHUB_TOKEN"]


def test_a_preview_that_fails_is_shown_in_the_engines_words_beside_the_other_stack(cloud: Cloud) -> None:
    staging_runs(cloud)
    review = Review(cloud)
    settings(cloud, "staging", domian="example.org")

    failed = review.plan().refused()
    (comment,) = review.comments()

    assert "#### `staging`: the preview failed" in comment
    assert "domian" in comment
    assert "#### `production`: runs nothing yet" in comment
    assert "staging: the preview failed" in failed.output
