"""Workflow runs as somebody says that they fare."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox import asked
from sandbox.git.references import References
from sandbox.github import environments, runs, workflows
from sandbox.github.tables import repository_of, table, timestamp, world_of

_NEW = {
    "workflow",
    "head_sha",
    "event",
    "branch",
    "actor",
    "name",
    "run_attempt",
    "pull_requests",
    "created_at",
}
_STATE = {"status", "conclusion", "waiting", "jobs"}


async def _make(request: Request) -> Response:
    body = await asked.body_of(request, allowed=_NEW | _STATE, required={"workflow"})
    _check(body)
    branch = body.get("branch", "main")
    sha = body.get("head_sha") or References(repository_of(request)).commit_of(branch)
    if sha is None:
        raise asked.BadRequest(f"head_sha is missing, and there is no {branch}")
    conclusion = body.get("conclusion")
    waiting = _names(body.get("waiting", []), "waiting")
    run = runs.record(
        world_of(request),
        path=workflows.path_of(asked.text(body, "workflow")),
        head_sha=sha,
        head_branch=branch,
        event=body.get("event", "push"),
        status=body.get("status") or ("completed" if conclusion else "waiting" if waiting else "queued"),
        conclusion=conclusion,
        waiting=waiting,
        jobs=_jobs(body.get("jobs", [])),
        **{name: body[name] for name in _NEW - {"workflow", "head_sha", "event", "branch"} if name in body},
    )
    _name(request, waiting)
    return JSONResponse({"id": run["id"]}, status_code=201)


async def _change(request: Request) -> Response:
    run = runs.existing(request)
    body = await asked.body_of(request, allowed=_STATE)
    _check(body)
    world = world_of(request)
    if body.get("conclusion") or body.get("status") == "completed":
        run = runs.finish(world, run["id"], body.get("conclusion") or "success")
    elif "status" in body or "waiting" in body:
        waiting = _names(body.get("waiting", []), "waiting")
        _name(request, waiting)
        run = table(request, "run").patch(
            str(run["id"]),
            status=body.get("status") or ("waiting" if waiting else run["status"]),
            conclusion=None,
            waiting=waiting,
            updated_at=timestamp(world),
        )
    if "jobs" in body:
        runs.set_jobs(world, run, _jobs(body["jobs"]))
    return JSONResponse({"id": run["id"]})


async def _dispatches(request: Request) -> Response:
    return JSONResponse(table(request, "dispatch").where())


def _name(request: Request, waiting: list[str]) -> None:
    for environment in waiting:
        environments.name(world_of(request), environment)


def _check(body: dict[str, Any]) -> None:
    for field, known in (("status", runs.STATUSES), ("conclusion", runs.CONCLUSIONS)):
        if body.get(field) not in (*known, None):
            raise asked.BadRequest(f"{field} is one of {', '.join(known)}")


def _jobs(given: Any) -> list[dict[str, Any]]:
    if not isinstance(given, list) or not all(isinstance(one, dict) and "name" in one for one in given):
        raise asked.BadRequest("jobs are a list of {name, status?, conclusion?}")
    for job in given:
        _check(job)
    return [{"status": "completed", **one} if one.get("conclusion") else one for one in given]


def _names(given: Any, field: str) -> list[str]:
    if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
        raise asked.BadRequest(f"{field} is a list of names")
    return given


ROUTES = [
    Route("/runs", _make, methods=["POST"]),
    Route("/runs/{run:int}", _change, methods=["PATCH"]),
    Route("/dispatches", _dispatches),
]
