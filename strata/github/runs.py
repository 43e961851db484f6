"""Workflow runs and their jobs."""

from collections.abc import Iterator
from datetime import datetime

from pydantic import Field

from strata.github.client import Client
from strata.github.shapes import Shape


class Run(Shape):
    """One run of a workflow.

    Attributes:
        id: of the run.
        event: what started it (`push`).
        head_branch: of the commit, `None` for some events.
        head_sha: the commit.
        status: `queued`, `waiting`, `pending`, `in_progress`, `completed`, …
        conclusion: of a completed one: `success`, `failure`, `cancelled`, `skipped`, …
        run_number: counts up in one workflow.
        attempt: which try this is; a later one begins only after the one before has ended.
        url: for people.
        started: when the newest attempt began, if GitHub says so.
    """

    id: int
    event: str
    head_branch: str | None = None
    head_sha: str
    status: str
    conclusion: str | None = None
    run_number: int = 0
    attempt: int = Field(default=1, alias="run_attempt")
    url: str = Field(default="", alias="html_url")
    started: datetime | None = Field(default=None, alias="run_started_at")


class Job(Shape):
    """One job of a run.

    Attributes:
        name: as it is shown, which is what a ruleset requires.
        status: as a run's.
        conclusion: as a run's.
    """

    name: str
    status: str
    conclusion: str | None = None


def of_workflow(client: Client, file: str, **query: str) -> Iterator[Run]:
    """Runs of a workflow file: `GET /repos/{owner}/{repo}/actions/workflows/{file}/runs`.

    Args:
        client: of the repository.
        file: its name in `.github/workflows`.
        query: GitHub's filters: `head_sha`, `branch`, `event`, `status`.

    Raises:
        GithubError: GitHub refused or did not answer; `Missing`: there is no such workflow.
    """
    for row in client.pages(f"actions/workflows/{file}/runs", key="workflow_runs", **query):
        yield Run.read(row)


def get(client: Client, run_id: int) -> Run:
    """One run: `GET /repos/{owner}/{repo}/actions/runs/{id}`.

    Raises:
        GithubError: GitHub refused or did not answer.
    """
    return Run.read(client.get(f"actions/runs/{run_id}"))


def jobs(client: Client, run_id: int) -> Iterator[Job]:
    """The jobs of a run's newest attempt: `GET /repos/{owner}/{repo}/actions/runs/{id}/jobs`.

    Raises:
        GithubError: GitHub refused or did not answer.
    """
    for row in client.pages(f"actions/runs/{run_id}/jobs", key="jobs", filter="latest"):
        yield Job.read(row)


def cancel(client: Client, run_id: int) -> None:
    """`POST /repos/{owner}/{repo}/actions/runs/{id}/cancel`; GitHub does it a little later.

    Raises:
        Conflict: it has ended already.
        GithubError: GitHub refused or did not answer.
    """
    client.post(f"actions/runs/{run_id}/cancel")
