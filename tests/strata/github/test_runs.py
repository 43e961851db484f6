import httpx
import pytest

from strata.github import runs
from strata.github.errors import Conflict, GithubError, Missing
from tests.strata.release.town import Fault, Town


def test_runs_of_a_workflow_are_chosen_by_the_query(town: Town) -> None:
    first, second = town.merge("one"), town.merge("two")
    town.ci(first)
    town.ci(second, status="in_progress", conclusion=None)

    found = list(runs.of_workflow(town.github, "ci.yml", head_sha=second))

    assert [(run.head_sha, run.event, run.head_branch, run.status) for run in found] == [
        (second, "push", "main", "in_progress")
    ]


def test_a_runs_jobs_have_their_own_end(town: Town) -> None:
    town.ci(town.merge("one"), ("test", "completed", "failure"), ("required", "in_progress", None))
    (run,) = runs.of_workflow(town.github, "ci.yml")

    found = {job.name: (job.status, job.conclusion) for job in runs.jobs(town.github, run.id)}

    assert found == {"test": ("completed", "failure"), "required": ("in_progress", None)}
    assert runs.get(town.github, run.id) == run


def test_a_cancelled_run_has_ended_and_is_not_cancelled_twice(town: Town) -> None:
    town.ci(town.merge("one"), status="waiting", conclusion=None)
    (run,) = runs.of_workflow(town.github, "ci.yml")

    runs.cancel(town.github, run.id)

    assert runs.get(town.github, run.id).conclusion == "cancelled"
    with pytest.raises(Conflict):
        runs.cancel(town.github, run.id)


def test_a_workflow_or_run_that_is_not_there_is_missing(town: Town) -> None:
    with pytest.raises(Missing):
        list(runs.of_workflow(town.github, "nowhere.yml"))
    with pytest.raises(Missing):
        runs.get(town.github, 1)


def test_an_answer_that_is_not_as_documented_names_the_field_and_no_value(town: Town) -> None:
    rows = [{"id": 1, "event": "push", "head_sha": ["secret-canary"], "status": "queued"}]
    town.to_github.faults.append(
        Fault("GET", "/runs", httpx.Response(200, json={"total_count": 1, "workflow_runs": rows}))
    )

    with pytest.raises(GithubError, match=r"about a run is not as documented \(head_sha\)") as error:
        list(runs.of_workflow(town.github, "ci.yml"))
    assert "secret-canary" not in str(error.value)
