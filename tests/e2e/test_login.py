"""The jobs of the repository's own workflow files at a whole sandbox: who gets credentials, and who none."""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hvac.exceptions
import yaml

from model.identity import IDENTITIES, of_environment
from sandbox.folder import CHECKOUT
from tests.e2e.cloud import Cloud, Result
from tests.e2e.doors import administrate, make_doors

PULL = {"number": 7, "pull_request": {"number": 7, "head": {"ref": "topic"}, "base": {"ref": "main"}}}
TAG = {"ref": "refs/tags/v1.2.3", "release": {"tag_name": "v1.2.3"}, "inputs": {}}
EVENTS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "ci.yml": ("pull_request", PULL),
    "drift.yml": ("schedule", {}),
    "pr-test.yml": ("pull_request_target", PULL),
    "production-deploy.yml": ("release", TAG),
    "rollback.yml": ("workflow_dispatch", TAG),
    "staging-deploy.yml": ("workflow_run", {}),
    "sweep.yml": ("schedule", {}),
}


@dataclass(frozen=True, kw_only=True)
class FileJob:
    """A job as it stands in a workflow file."""

    workflow: str
    name: str
    environment: str

    def __str__(self) -> str:
        return f"{self.workflow}-{self.name}"


def jobs() -> list[FileJob]:
    found = []
    for file in sorted((CHECKOUT / ".github" / "workflows").glob("*.yml")):
        for name, job in yaml.safe_load(file.read_text(encoding="utf-8"))["jobs"].items():
            named = job.get("environment", "")
            environment = named["name"] if isinstance(named, dict) else named
            resolved = re.sub(r"\$\{\{.*\}\}", "7", environment)
            found.append(FileJob(workflow=file.name, name=name, environment=resolved))
    return found


BEHIND_A_GATE = [job for job in jobs() if job.environment]
WITHOUT = [job for job in jobs() if not job.environment]


def step(cloud: Cloud, job: FileJob, **changes: Any) -> dict[str, str]:
    """What a step of the job finds in its environment."""
    event_name, event = EVENTS[job.workflow]
    run = {
        "workflow": f".github/workflows/{job.workflow}",
        "event_name": event_name,
        "event": event,
        **changes,
    }
    known = cloud.control.post("/oidc/runs", json=run).raise_for_status().json()
    return {
        "ACTIONS_ID_TOKEN_REQUEST_URL": f"{known['url']}&job={job.name}",
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": known["token"],
        "GITHUB_ACTIONS": "true",
        "GITHUB_ENV": str(cloud.place / "github_env"),
        "GITHUB_REPOSITORY": "zitian-party/finance_report",
        "VAULT_TOKEN": "",
        "GITHUB_TOKEN": "",
    }


def login(cloud: Cloud, job: FileJob, environment: str, **changes: Any) -> Result:
    (cloud.place / "github_env").write_text("")
    return cloud.run("strata", "login", "--environment", environment, **step(cloud, job, **changes))


def handed_on(place: Path) -> dict[str, str]:
    text = (place / "github_env").read_text(encoding="utf-8")
    return {found[1]: found[3] for found in re.finditer(r"(\w+)<<(\S+)\n(.*?)\n\2\n", text, re.DOTALL)}


def test_g5_v8_the_jobs_of_our_workflows_get_in_behind_their_gates_and_no_other_job_does(
    cloud: Cloud,
) -> None:
    """One sandbox for all: what stands in the files decides."""
    client = cloud.vault_admin
    with suppress(hvac.exceptions.InvalidRequest):
        client.sys.disable_auth_method("jwt")
    refused = administrate(cloud, "policies", "--apply").refused(1)
    assert refused.output.count("refused  strata-finance-report-") == len(IDENTITIES)

    done = make_doors(cloud)
    assert done.output.count("written  auth/jwt/role/") == len(IDENTITIES)
    assert {of_environment(job.environment) for job in BEHIND_A_GATE} == set(IDENTITIES)

    for job in BEHIND_A_GATE:
        login(cloud, job, job.environment).ok()
        identity = of_environment(job.environment)
        assert identity is not None
        assert handed_on(cloud.place).keys() >= identity.required_keys & {"PULUMI_BACKEND_URL", "DOKPLOY_URL"}
        assert not handed_on(cloud.place).keys() & identity.refused_keys
    staging = next(job for job in BEHIND_A_GATE if job.environment == "staging")
    deploys = login(cloud, staging, "staging").ok()
    kept = handed_on(cloud.place)
    assert not any(value in line for value in kept.values() for line in unmasked(deploys))
    logged_out = cloud.run("strata", "logout", **{**step(cloud, staging), **kept}).ok()
    assert "VAULT_TOKEN is given back" in logged_out.output
    left = handed_on(cloud.place)
    assert kept["DOCKER_CONFIG"] != left.pop("DOCKER_CONFIG") == cloud.environment["DOCKER_CONFIG"]
    assert set(left.values()) == {""}

    for job in WITHOUT:
        identity = next(
            (one for one in IDENTITIES if job.workflow in {entry.workflow for entry in one.entries}),
            IDENTITIES[0],
        )
        login(cloud, job, identity.environment).refused(3)
        assert handed_on(cloud.place) == {}


def unmasked(result: Result) -> list[str]:
    return [line for line in result.output.splitlines() if not line.startswith("::add-mask::")]
