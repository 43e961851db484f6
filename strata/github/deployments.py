"""Deployment records: GitHub makes one for each job with an `environment:`; their states are ours to set."""

from collections.abc import Iterator

from strata.github.client import Client
from strata.github.errors import Missing, OutcomeUnknown
from strata.github.shapes import Shape


class Deployment(Shape):
    """One record.

    Attributes:
        id: of the record.
        environment: of GitHub, such as `pr-12`.
        created_at: ISO 8601.
    """

    id: int
    environment: str
    created_at: str = ""


class Status(Shape):
    """One state of a record; the newest counts.

    Attributes:
        state: `in_progress`, `success`, `failure`, `inactive`, …
        environment_url: where it is deployed, empty if not said.
        log_url: the run.
    """

    state: str
    environment_url: str = ""
    log_url: str = ""


def of(client: Client, environment: str | None = None) -> Iterator[Deployment]:
    """Records, newest first, of one environment or of all: `GET /repos/{owner}/{repo}/deployments`.

    Raises:
        GithubError: GitHub refused or did not answer.
    """
    query = {} if environment is None else {"environment": environment}
    rows = (Deployment.read(row) for row in client.pages("deployments", **query))
    yield from sorted(rows, key=lambda one: one.id, reverse=True)


def state(client: Client, deployment: Deployment) -> Status | None:
    """The newest state: `GET /repos/{owner}/{repo}/deployments/{id}/statuses`; `None` if there is none.

    Raises:
        GithubError: GitHub refused or did not answer.
    """
    for row in client.pages(f"deployments/{deployment.id}/statuses"):
        return Status.read(row)
    return None


def create(client: Client, *, environment: str, commit: str) -> Deployment:
    """A record of our own: `POST /repos/{owner}/{repo}/deployments`.

    Args:
        client: of the repository.
        environment: its name.
        commit: what is deployed.

    Raises:
        GithubError: GitHub refused, or the answer was lost.
    """
    body = {
        "ref": commit,
        "environment": environment,
        "transient_environment": True,
        "auto_merge": False,
        "required_contexts": [],
    }
    return Deployment.read(client.post("deployments", body))


def tell(client: Client, deployment: Deployment, *, state: str, url: str = "", log_url: str = "") -> None:
    """Set a record's state: `POST /repos/{owner}/{repo}/deployments/{id}/statuses`.

    Raises:
        GithubError: GitHub refused, or the answer was lost and the state is another one.
    """
    # Not auto_inactive: which older records go is decided here, by name, and not by GitHub for others too.
    body = {"state": state, "environment_url": url, "log_url": log_url, "auto_inactive": False}
    try:
        client.post(f"deployments/{deployment.id}/statuses", {k: v for k, v in body.items() if v != ""})
    except OutcomeUnknown:
        now = _now(client, deployment)
        if now is None or now.state != state:
            raise


def remove(client: Client, deployment: Deployment) -> None:
    """Inactive, then deleted (GitHub deletes no active one): `DELETE /repos/{owner}/{repo}/deployments/{id}`.

    Raises:
        GithubError: GitHub refused, or the answer was lost and the record is there.
    """
    try:
        tell(client, deployment, state="inactive")
        client.delete(f"deployments/{deployment.id}")
    except Missing:
        return
    except OutcomeUnknown:
        if any(one.id == deployment.id for one in of(client, deployment.environment)):
            raise


def _now(client: Client, deployment: Deployment) -> Status | None:
    return state(client, deployment)
