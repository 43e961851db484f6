"""The claims of a job's token, as GitHub documents them (read 2026-11-23)."""

import secrets
from datetime import datetime
from typing import Any

from sandbox.oidc.runs import Run
from sandbox.oidc.signer import Flaw

_LIVES = 300
_LONG_AGO = 3600


def claims(run: Run, job: str, *, issuer: str, audience: str, now: datetime) -> dict[str, Any]:
    """All claims of one job's token.

    Args:
        run: that it belongs to.
        job: its key in the workflow.
        issuer: who signs.
        audience: what was asked for.
        now: the time.

    Raises:
        sandbox.errors.SandboxError: the job or its environment cannot be read.
    """
    said = run.job(job)
    environment = said.environment(run.contexts())
    owner = run.repository.partition("/")[0]
    made = int(now.timestamp()) - (_LONG_AGO if run.flaw is Flaw.EXPIRED else 0)
    workflow_ref = f"{run.repository}/{run.workflow}@{run.ref}"
    pull = run.event.get("pull_request") if run.event_name == "pull_request" else None
    return {
        "jti": secrets.token_hex(16),
        "sub": _subject(run, environment),
        "aud": audience,
        "iss": f"{issuer}/other" if run.flaw is Flaw.OTHER_ISSUER else issuer,
        "iat": made,
        "nbf": made,
        "exp": made + _LIVES,
        **({"environment": environment} if environment else {}),
        "ref": run.ref,
        "ref_type": "tag" if run.ref.startswith("refs/tags/") else "branch",
        "ref_protected": "true" if run.ref == "refs/heads/main" else "false",
        "sha": run.sha,
        "repository": run.repository,
        "repository_id": str(run.repository_id),
        "repository_owner": owner,
        "repository_owner_id": "4100001",
        "repository_visibility": "private",
        "run_id": str(run.number),
        "run_number": str(run.number),
        "run_attempt": "1",
        "runner_environment": "github-hosted",
        "actor": run.actor,
        "actor_id": "2001",
        "event_name": run.event_name,
        "workflow": said.workflow_name,
        "workflow_ref": workflow_ref,
        "workflow_sha": run.sha,
        "job_workflow_ref": workflow_ref,
        "job_workflow_sha": run.sha,
        "head_ref": str(pull["head"]["ref"]) if pull and "head" in pull else "",
        "base_ref": str(pull["base"]["ref"]) if pull and "base" in pull else "",
    }


def _subject(run: Run, environment: str) -> str:
    if environment:
        return f"repo:{run.repository}:environment:{environment}"
    if run.event_name == "pull_request":
        return f"repo:{run.repository}:pull_request"
    return f"repo:{run.repository}:ref:{run.ref}"
