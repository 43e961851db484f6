import pytest

from sandbox.git import Repository
from tests.sandbox.calls import Caller
from tests.sandbox.conftest import Clock
from tests.sandbox.github.conftest import REPOSITORY, Call

ALL = f"{REPOSITORY}/actions/runs"


def told(control: Caller, workflow: str = "ci.yml", **more: object) -> int:
    answer = control("POST", "/runs", json={"workflow": workflow, **more})
    assert answer.status_code == 201, answer.text
    number: int = answer.json()["id"]
    return number


def test_a_run_is_of_mains_commit_unless_told_otherwise(
    call: Call, control: Caller, repository: Repository
) -> None:
    run = call("GET", f"{ALL}/{told(control, conclusion='success')}").json()

    assert (run["head_sha"], run["head_branch"]) == (repository.refs()["refs/heads/main"], "main")
    assert (run["status"], run["conclusion"], run["event"]) == ("completed", "success", "push")
    assert run["path"] == ".github/workflows/ci.yml"


def test_runs_are_found_by_what_is_asked_newest_first(
    call: Call, control: Caller, repository: Repository
) -> None:
    sha = repository.commit({"a": "1"}, branch="feature", tag="v1.0.0")
    first = told(control, conclusion="success")
    second = told(control, conclusion="failure", head_sha=sha, branch="feature", event="pull_request")
    third = told(control, "production-deploy.yml", event="release", branch="v1.0.0", waiting=["production"])

    def numbers(query: str, path: str = ALL) -> list[int]:
        return [run["id"] for run in call("GET", f"{path}?{query}").json()["workflow_runs"]]

    assert numbers("") == [third, second, first]
    assert numbers(f"head_sha={sha}") == [third, second]
    assert numbers("event=release") == numbers("status=waiting") == numbers("branch=v1.0.0") == [third]
    assert numbers("status=success") == [first]
    assert numbers("status=completed&per_page=1&page=2") == [first]
    by_file = f"{REPOSITORY}/actions/workflows/ci.yml/runs"
    assert numbers("", by_file) == [second, first]
    assert numbers("event=push&branch=main&status=success", by_file) == [first]


def test_a_runs_jobs_are_told(call: Call, control: Caller, repository: Repository) -> None:
    number = told(control, jobs=[{"name": "check", "conclusion": "success"}, {"name": "required"}])

    found = call("GET", f"{ALL}/{number}/jobs").json()
    assert [(job["name"], job["status"], job["conclusion"]) for job in found["jobs"]] == [
        ("check", "completed", "success"),
        ("required", "queued", None),
    ]
    job = found["jobs"][0]
    assert call("GET", f"{REPOSITORY}/actions/jobs/{job['id']}").json() == job


def test_w1_a_run_is_cancelled_once(call: Call, control: Caller, repository: Repository) -> None:
    number = told(control, status="in_progress", jobs=[{"name": "deploy"}])

    assert [call("POST", f"{ALL}/{number}/cancel").status_code for _ in range(2)] == [202, 409]
    run = call("GET", f"{ALL}/{number}").json()
    assert (run["status"], run["conclusion"]) == ("completed", "cancelled")
    assert call("GET", f"{ALL}/{number}/jobs").json()["jobs"][0]["conclusion"] == "cancelled"


def test_a_run_goes_on_as_it_is_told(
    call: Call, control: Caller, repository: Repository, clock: Clock
) -> None:
    number = told(control)
    clock.turn(9)
    control("PATCH", f"/runs/{number}", json={"status": "in_progress", "jobs": [{"name": "a"}]})
    assert call("GET", f"{ALL}/{number}").json()["status"] == "in_progress"

    control("PATCH", f"/runs/{number}", json={"conclusion": "failure"})
    run = call("GET", f"{ALL}/{number}").json()
    assert (run["conclusion"], run["updated_at"]) == ("failure", "2026-11-23T12:00:09Z")
    assert call("GET", f"{ALL}/{number}/jobs").json()["jobs"][0]["conclusion"] == "failure"


def test_a_completed_run_can_be_run_again(call: Call, control: Caller, repository: Repository) -> None:
    number = told(control, conclusion="failure")

    assert [call("POST", f"{ALL}/{number}/rerun").status_code for _ in range(2)] == [201, 403]
    run = call("GET", f"{ALL}/{number}").json()
    assert (run["run_attempt"], run["status"], run["conclusion"]) == (2, "queued", None)


def test_a_run_of_a_commit_that_git_has_not_is_told_without_it(
    call: Call, control: Caller, repository: Repository
) -> None:
    run = call("GET", f"{ALL}/{told(control, head_sha='1' * 40)}").json()

    assert (run["head_sha"], run["head_commit"]) == ("1" * 40, None)


@pytest.mark.parametrize("path", ["", "/jobs", "/pending_deployments", "/approvals"])
def test_a_run_that_is_not_there_is_404(call: Call, path: str) -> None:
    assert call("GET", f"{ALL}/1{path}").status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"workflow": "ci.yml", "status": "done"},
        {"workflow": "ci.yml", "conclusion": "fine"},
        {"workflow": "ci.yml", "branch": "nowhere"},
        {"workflow": "ci.yml", "jobs": ["check"]},
        {"workflow": "ci.yml", "waiting": "production"},
        {"workflow": "ci.yml", "jobs": [{"name": "x", "conclusion": "fine"}]},
    ],
)
def test_a_run_that_cannot_be_meant_is_400(control: Caller, repository: Repository, body: object) -> None:
    assert control("POST", "/runs", json=body).status_code == 400
