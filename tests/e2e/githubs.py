"""The sandbox's GitHub as an administrator sees it, and tokens that may less."""

import json
from typing import Any

import httpx

from tests.e2e.cloud import Cloud, Result

READ_ONLY = dict.fromkeys(
    ("actions", "administration", "contents", "environments", "metadata", "secrets"), "read"
)
OPEN = {
    "wait_timer": 0,
    "can_admins_bypass": True,
    "deployment_branch_policy": {"protected_branches": False, "custom_branch_policies": True},
}


def github(cloud: Cloud, method: str, path: str, **more: Any) -> Any:
    """One request below the repository, with the administrator's token; its JSON."""
    base = cloud.environment["GITHUB_BASE_URL"].rstrip("/")
    answer = httpx.request(
        method,
        f"{base}/api/v3/repos/zitian-party/finance_report/{path}",
        headers={"Authorization": f"Bearer {cloud.environment['GITHUB_TOKEN']}"},
        trust_env=False,
        **more,
    ).raise_for_status()
    return answer.json() if answer.content else None


def environments(cloud: Cloud) -> set[str]:
    """Names of the environments there are."""
    return {one["name"] for one in github(cloud, "GET", "environments")["environments"]}


def issues(cloud: Cloud) -> list[dict[str, Any]]:
    """All issues of the scheduled look, oldest first."""
    found: list[dict[str, Any]] = github(cloud, "GET", "issues?state=all&labels=strata-drift")
    return sorted(found, key=lambda one: int(one["number"]))


def deploy_job(cloud: Cloud) -> dict[str, str]:
    """The variables of a job that `strata login` gave a token to: read-only, for the provider too."""
    body = {"permissions": READ_ONLY}
    token = cloud.control.post("/github/tokens", json=body).raise_for_status().json()["token"]
    return {"GITHUB_ACTIONS": "true", "STRATA_GITHUB_TOKEN": token, "GITHUB_TOKEN": token}


def strata(cloud: Cloud, *words: str, **variables: str) -> Result:
    """A `strata` command."""
    return cloud.run("strata", *words, **variables)


def audit(cloud: Cloud, *words: str) -> tuple[int, list[str]]:
    """Exit code of `strata audit` and its differences."""
    done = strata(cloud, "audit", "--json", *words)
    said = json.loads(done.stdout)
    return done.code, [f"{one['where']}: {one['what']}" for one in said["differences"]]
