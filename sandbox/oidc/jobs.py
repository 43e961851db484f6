"""What a workflow file says of one job: its environment, and whether it may ask for a token at all."""

from collections.abc import Mapping
from typing import Any

import yaml

from sandbox.errors import SandboxError
from sandbox.oidc.expressions import resolve

_WRITE = "write"


class UnknownJob(SandboxError):
    """The workflow file cannot be read, or has no such job."""


class Job:
    """One job of a workflow.

    Args:
        text: the workflow file.
        name: the job's key.

    Raises:
        UnknownJob: there is no such job.
    """

    def __init__(self, text: str, name: str) -> None:
        workflow = _mapping(text)
        jobs = workflow.get("jobs")
        job = jobs.get(name) if isinstance(jobs, dict) else None
        if not isinstance(job, dict):
            raise UnknownJob(f"The workflow has no job {name!r}.")
        self.workflow_name = str(workflow.get("name") or "")
        self._environment = job.get("environment")
        self._permissions = job["permissions"] if "permissions" in job else workflow.get("permissions")

    @property
    def may_ask(self) -> bool:
        """Whether it has `id-token: write`; GitHub gives a job without it no address to ask at."""
        if isinstance(self._permissions, dict):
            return self._permissions.get("id-token") == _WRITE
        return self._permissions == "write-all"

    def environment(self, contexts: Mapping[str, Any]) -> str:
        """The environment that it names, its expressions resolved; empty if it names none.

        Raises:
            sandbox.oidc.expressions.Unresolved: an expression is not understood.
        """
        named = self._environment.get("name") if isinstance(self._environment, dict) else self._environment
        return resolve(str(named or ""), contexts).strip()


def _mapping(text: str) -> dict[str, Any]:
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError:
        content = None
    if not isinstance(content, dict):
        raise UnknownJob("The workflow file is not YAML of a workflow.")
    return content
