"""From a commit that CI passed to production and back, by the commands that the workflows call."""

import json
from pathlib import Path

import pytest

from tests.e2e.cloud import Cloud, Result

pytestmark = [pytest.mark.e2e, pytest.mark.long]


class Steps:
    """Commands of one job after the other, with the outputs of each."""

    def __init__(self, cloud: Cloud, folder: Path) -> None:
        self.cloud = cloud
        self.file = folder / "output"

    def __call__(self, *words: str) -> Result:
        self.file.write_text("", encoding="utf-8")
        return self.cloud.run("strata", *words, GITHUB_OUTPUT=str(self.file), GITHUB_ACTOR="octocat")

    def __getitem__(self, name: str) -> str:
        text = self.file.read_text(encoding="utf-8")
        _, _, block = f"\n{text}".partition(f"\n{name}<<")
        end, _, rest = block.partition("\n")
        return rest.partition(f"\n{end}")[0]


@pytest.fixture
def steps(cloud: Cloud, tmp_path: Path) -> Steps:
    return Steps(cloud, tmp_path)


def merged(cloud: Cloud, text: str, **behaviour: str) -> str:
    """A commit on main that CI passed, with both images pushed."""
    body = {"files": {"change.txt": text}, "branch": "main"}
    commit = str(cloud.control.post("/git/commits", json=body).raise_for_status().json()["sha"])
    run = {
        "workflow": "ci.yml",
        "head_sha": commit,
        "event": "push",
        "branch": "main",
        "status": "completed",
        "conclusion": "success",
        "jobs": [{"name": "required", "status": "completed", "conclusion": "success"}],
    }
    cloud.control.post("/github/runs", json=run).raise_for_status()
    cloud.release(f"sha-{commit}", commit=commit, **({"backend": behaviour} if behaviour else {}))
    return commit


def test_r5_r9_a_commit_goes_to_staging_gets_its_version_and_goes_to_production(
    cloud: Cloud, steps: Steps
) -> None:
    commit = merged(cloud, "one")

    steps("evidence", "staging", "--commit", commit).ok()
    assert steps["go"] == "true"
    cloud.up("staging", "--refresh", release=steps["release"]).ok()
    steps("smoke", "staging", "--commit", commit).ok()
    digests, how = steps["digests"], steps["verified"]
    steps("release", "tag", "--commit", commit, "--digests", digests, "--verified", how).ok()
    tag = steps["tag"]
    assert tag == "v1.0.2"  # the registry of a fresh sandbox has images under v1.0.0 and v1.0.1

    steps("evidence", "production", "--tag", tag).ok()
    assert (steps["go"], json.loads(steps["digests"])) == ("true", json.loads(digests))
    steps("release", "promote", "--tag", tag).ok()
    steps("rollback", "plan", "production", "--deploying", tag).ok()
    assert steps["known"] == "false"
    cloud.up("production", "--refresh", release=tag).ok()
    steps("smoke", "production").ok()
    steps("monitor", "production", "--minutes", "0.05").ok()
    assert steps["result"] == "steady"
    steps("release", "record", "production", "--tag", tag, "--verified", steps["verified"]).ok()
    steps("rollback", "plan", "production", "--deploying", "v1.0.3").ok()
    assert (steps["known"], steps["release"]) == ("true", tag)

    running = cloud.outputs("production")["release"]
    assert {name: image.partition("@")[2] for name, image in running["images"].items()} == {
        name: image.partition("@")[2] for name, image in json.loads(digests).items()
    }
    shown = steps("release", "restore", "production").ok().output
    assert f"RELEASE={tag} pulumi up --refresh --stack production" in shown


def test_d4_a_commit_that_does_not_answer_as_itself_gets_no_version(cloud: Cloud, steps: Steps) -> None:
    good = merged(cloud, "one")
    cloud.up("staging", release=f"sha-{good}").ok()
    bad = merged(cloud, "two")
    cloud.release(f"sha-{bad}", commit=bad, frontend={"strata.sandbox.served-commit": "f" * 40})

    # A page that names another commit than its backend: no probe of the deployment asks it (P49).
    cloud.up("staging", release=f"sha-{bad}").ok()
    told = steps("smoke", "staging", "--commit", bad).refused(1).output

    assert f"/version.json: says commit '{'f' * 40}', expected is {bad}" in told
    assert steps["digests"] == ""
    steps("rollback", "plan", "staging", "--deploying", f"sha-{bad}").ok()
    assert (steps["known"], steps["release"]) == ("true", f"sha-{good}")
    cloud.up("staging", "--refresh", release=steps["release"]).ok()
    steps("smoke", "staging", "--commit", good).ok()
