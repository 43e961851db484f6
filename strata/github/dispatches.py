"""Starting a workflow from outside its own events."""

from collections.abc import Mapping

from strata.github.client import Client


def start(client: Client, file: str, *, ref: str, inputs: Mapping[str, str]) -> None:
    """`POST /repos/{owner}/{repo}/actions/workflows/{file}/dispatches`.

    Args:
        client: of the repository.
        file: the workflow's, in `.github/workflows`.
        ref: branch or tag whose version of the file runs.
        inputs: of the workflow.

    Raises:
        GithubError: GitHub refused, or the answer was lost: the run may have been started.
    """
    client.post(f"actions/workflows/{file}/dispatches", {"ref": ref, "inputs": dict(inputs)})
