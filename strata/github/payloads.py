"""Deployments that carry a document: what was released is kept where GitHub shows deployments."""

from collections.abc import Iterator, Mapping
from typing import Any

from strata.github.client import Client
from strata.github.shapes import Shape


class Carrying(Shape):
    """A deployment with its document.

    Attributes:
        id: of the deployment.
        task: what it was made for.
        payload: the document; GitHub gives an empty text where there is none.
    """

    id: int
    task: str = ""
    payload: Any = None


def of_task(client: Client, *, environment: str, task: str) -> Iterator[Carrying]:
    """Newest first: `GET /repos/{owner}/{repo}/deployments?environment=…&task=…`.

    Raises:
        GithubError: GitHub refused or did not answer.
    """
    for row in client.pages("deployments", environment=environment, task=task):
        read = Carrying.read(row)
        if read.task == task:
            yield read


def create(
    client: Client, *, environment: str, task: str, commit: str, payload: Mapping[str, Any], description: str
) -> int:
    """A deployment with a document: `POST /repos/{owner}/{repo}/deployments`; gives its id.

    Args:
        client: of the repository; needs `deployments: write`.
        environment: its name; the record passes no gate, since it starts nothing.
        task: what it is made for.
        commit: what is deployed.
        payload: the document.
        description: a line for people.

    Raises:
        GithubError: GitHub refused, or the answer was lost.
    """
    body = {
        "ref": commit,
        "task": task,
        "environment": environment,
        "payload": dict(payload),
        "description": description[:140],
        "auto_merge": False,
        "required_contexts": [],
    }
    return Carrying.read(client.post("deployments", body)).id


def end(client: Client, identity: int, *, state: str, log_url: str) -> None:
    """Say how it ended: `POST /repos/{owner}/{repo}/deployments/{id}/statuses`.

    Others stay as they are (`auto_inactive`), the one of the running job among them.

    Raises:
        GithubError: GitHub refused, or the answer was lost; the document is kept all the same.
    """
    body = {"state": state, "auto_inactive": False, **({"log_url": log_url} if log_url else {})}
    client.post(f"deployments/{identity}/statuses", body)
