from sandbox.git import Repository
from tests.sandbox.calls import Caller
from tests.sandbox.github.conftest import REPOSITORY, Call

CHECKS = f"{REPOSITORY}/commits/main/check-runs"


def test_w3_a_commits_checks_are_the_jobs_of_its_runs(
    call: Call, control: Caller, repository: Repository
) -> None:
    jobs = [{"name": "check", "conclusion": "success"}, {"name": "required", "conclusion": "failure"}]
    control("POST", "/runs", json={"workflow": "ci.yml", "jobs": jobs})
    repository.commit({"a": "1"}, branch="feature")

    found = call("GET", CHECKS).json()["check_runs"]
    assert {row["name"]: row["conclusion"] for row in found} == {"check": "success", "required": "failure"}
    assert {row["app"]["id"] for row in found} == {15_368}
    assert call("GET", f"{REPOSITORY}/commits/feature/check-runs").json()["total_count"] == 0


def test_of_two_runs_the_newer_counts(call: Call, control: Caller, repository: Repository) -> None:
    for conclusion in ("failure", "success"):
        jobs = [{"name": "required", "conclusion": conclusion}]
        control("POST", "/runs", json={"workflow": "ci.yml", "jobs": jobs})

    def conclusions(query: str) -> list[str]:
        return [row["conclusion"] for row in call("GET", f"{CHECKS}?{query}").json()["check_runs"]]

    assert conclusions("check_name=required") == ["success"]
    assert conclusions("filter=all") == ["success", "failure"]
    assert conclusions("check_name=other") == []


def test_one_check_is_read_by_its_number(call: Call, control: Caller, repository: Repository) -> None:
    control("POST", "/runs", json={"workflow": "ci.yml", "jobs": [{"name": "required"}]})
    (listed,) = call("GET", CHECKS).json()["check_runs"]

    assert call("GET", f"{REPOSITORY}/check-runs/{listed['id']}").json() == listed
    assert call("GET", f"{REPOSITORY}/check-runs/1").status_code == 404
    assert call("GET", f"{REPOSITORY}/commits/nowhere/check-runs").status_code == 404
