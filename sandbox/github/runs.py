"""Workflow runs and their jobs (`/actions/runs`). Nothing runs: the control endpoint says how they fare."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.git.objects import Objects
from sandbox.git.repository import GitError
from sandbox.github.accounts import OPERATOR, person
from sandbox.github.answers import Document, Refused, listing, node_id, not_found
from sandbox.github.repositories import page_of, repository, url_of
from sandbox.github.tables import new_id, now, repository_of, table, timestamp, world_of
from sandbox.world import World

STATUSES = ("queued", "in_progress", "completed", "waiting", "requested", "pending")
CONCLUSIONS = (
    "success",
    "failure",
    "neutral",
    "cancelled",
    "skipped",
    "timed_out",
    "action_required",
    "stale",
)
_FIRST_CHECK_SUITE = 8_000_000


def record(
    world: World,
    *,
    path: str,
    head_sha: str,
    head_branch: str | None,
    event: str,
    status: str = "queued",
    conclusion: str | None = None,
    actor: str = OPERATOR.login,
    waiting: list[str] | None = None,
    jobs: list[Document] | None = None,
    **more: Any,
) -> Document:
    """Keep a run.

    Args:
        world: whose store.
        path: of the workflow file, with its folder.
        head_sha: the commit that it runs on.
        head_branch: branch or tag.
        event: what started it.
        status: one of `STATUSES`.
        conclusion: one of `CONCLUSIONS` once it is completed.
        actor: login of who started it.
        waiting: environments that wait for an approval.
        jobs: each with a `name`, and `status`, `conclusion` where they differ from the run's.
        more: `name`, `run_attempt`, `pull_requests` (numbers), `display_title`, `created_at`.
    """
    table_ = world.store.table("github.run")
    at = more.get("created_at") or timestamp(world)
    document: Document = {
        "id": new_id(world),
        "path": path,
        "name": more.get("name") or path.rpartition("/")[2].partition(".")[0],
        "head_sha": head_sha,
        "head_branch": head_branch,
        "event": event,
        "status": status,
        "conclusion": conclusion,
        "actor": actor,
        "waiting": waiting or [],
        "display_title": more.get("display_title") or f"{event} of {head_branch}",
        "pull_requests": more.get("pull_requests") or [],
        "run_number": len(table_.where(path=path)) + 1,
        "run_attempt": more.get("run_attempt") or 1,
        "created_at": at,
        "updated_at": at,
    }
    table_.put(str(document["id"]), document)
    known = world.store.table("github.workflow")
    if path not in known:
        known.put(path, {"id": new_id(world)})
    set_jobs(world, document, jobs or [])
    return document


def set_jobs(world: World, run: Document, jobs: list[Document]) -> None:
    """Have a run have these jobs and no others."""
    table_ = world.store.table("github.job")
    for old in table_.where(run=run["id"]):
        table_.delete(str(old["id"]))
    for job in jobs:
        status = job.get("status", run["status"])
        done = status == "completed"
        document = {
            "id": new_id(world),
            "run": run["id"],
            "name": job["name"],
            "head_sha": run["head_sha"],
            "status": status,
            "conclusion": job.get("conclusion", run["conclusion"] or "success") if done else None,
            "started_at": run["created_at"],
            "completed_at": timestamp(world) if done else None,
        }
        table_.put(str(document["id"]), document)


def finish(world: World, number: int, conclusion: str) -> Document:
    """Complete a run with its jobs."""
    jobs = world.store.table("github.job")
    for job in jobs.where(run=number):
        if job["status"] != "completed":
            jobs.patch(
                str(job["id"]), status="completed", conclusion=conclusion, completed_at=timestamp(world)
            )
    return world.store.table("github.run").patch(
        str(number), status="completed", conclusion=conclusion, waiting=[], updated_at=timestamp(world)
    )


def existing(request: Request) -> Document:
    """The run that the path names, or 404."""
    found = table(request, "run").get(str(request.path_params["run"]))
    if found is None:
        raise not_found()
    return found


def listed(request: Request, *, path: str | None = None) -> Response:
    """One page of runs, newest first, of one workflow or of all, as the query chooses them."""
    asked = request.query_params
    status = asked.get("status")
    names = {"head_sha": "head_sha", "event": "event", "branch": "head_branch", "actor": "actor"}
    rows = [
        row
        for row in reversed(table(request, "run").where())
        if path in (None, row["path"])
        and status in (None, row["status"], row["conclusion"])
        and all(asked.get(query, row[field]) == row[field] for query, field in names.items())
    ]
    return listing(request, key="workflow_runs", rows=[_shown(request, row) for row in rows])


async def _list(request: Request) -> Response:
    return listed(request)


async def _get(request: Request) -> Response:
    return JSONResponse(_shown(request, existing(request)))


async def _jobs(request: Request) -> Response:
    run = existing(request)
    rows = [_job(request, run, row) for row in table(request, "job").where(run=run["id"])]
    return listing(request, key="jobs", rows=rows)


async def _one_job(request: Request) -> Response:
    job = table(request, "job").get(str(request.path_params["job"]))
    run = table(request, "run").get(str(job["run"])) if job else None
    if job is None or run is None:
        raise not_found()
    return JSONResponse(_job(request, run, job))


async def _cancel(request: Request) -> Response:
    run = existing(request)
    if run["status"] == "completed":
        raise Refused(409, "Cannot cancel a workflow run that is completed.")
    finish(world_of(request), run["id"], "cancelled")
    return JSONResponse({}, status_code=202)


async def _rerun(request: Request) -> Response:
    run = existing(request)
    if run["status"] != "completed":
        raise Refused(403, "This workflow is already running")
    table(request, "run").patch(
        str(run["id"]),
        status="queued",
        conclusion=None,
        run_attempt=run["run_attempt"] + 1,
        updated_at=now(request),
    )
    return JSONResponse({}, status_code=201)


def _shown(request: Request, run: Document) -> Document:
    number = run["id"]
    url, page = f"{url_of(request)}/actions/runs/{number}", f"{page_of(request)}/actions/runs/{number}"
    suite = _FIRST_CHECK_SUITE + number
    whole = repository(request)
    workflow = (table(request, "workflow").get(run["path"]) or {"id": 0})["id"]
    who = person(request, run["actor"])
    return {
        **{name: value for name, value in run.items() if name not in ("waiting", "actor", "pull_requests")},
        "node_id": node_id("WorkflowRun", number),
        "workflow_id": workflow,
        "workflow_url": f"{url_of(request)}/actions/workflows/{workflow}",
        "check_suite_id": suite,
        "check_suite_node_id": node_id("CheckSuite", suite),
        "check_suite_url": f"{url_of(request)}/check-suites/{suite}",
        "url": url,
        "html_url": page,
        "jobs_url": f"{url}/jobs",
        "logs_url": f"{url}/logs",
        "artifacts_url": f"{url}/artifacts",
        "cancel_url": f"{url}/cancel",
        "rerun_url": f"{url}/rerun",
        "previous_attempt_url": None,
        "run_started_at": run["created_at"],
        "actor": who,
        "triggering_actor": who,
        "pull_requests": [_pull(request, one) for one in run["pull_requests"]],
        "referenced_workflows": [],
        "head_commit": _commit(request, run["head_sha"]),
        "repository": whole,
        "head_repository": whole,
    }


def _pull(request: Request, number: int) -> Document:
    issue = table(request, "issue").get(str(number)) or {"id": 0, "pull": {"head": "", "base": ""}}
    refs = repository_of(request).refs()
    home = {
        "id": repository(request)["id"],
        "url": url_of(request),
        "name": url_of(request).rpartition("/")[2],
    }
    return {
        "id": issue["id"],
        "number": number,
        "url": f"{url_of(request)}/pulls/{number}",
        "head": {"ref": issue["pull"]["head"], "sha": refs.get(f"refs/pull/{number}/head", ""), "repo": home},
        "base": {"ref": issue["pull"]["base"], "sha": refs.get("refs/heads/main", ""), "repo": home},
    }


def _commit(request: Request, sha: str) -> Document | None:
    try:
        commit = Objects(repository_of(request)).commit(sha)
    except GitError:
        return None
    return {
        "id": commit.sha,
        "tree_id": commit.tree,
        "message": commit.message,
        "timestamp": commit.committer.date,
        "author": {"name": commit.author.name, "email": commit.author.email},
        "committer": {"name": commit.committer.name, "email": commit.committer.email},
    }


def _job(request: Request, run: Document, job: Document) -> Document:
    number = job["id"]
    return {
        **{name: value for name, value in job.items() if name != "run"},
        "run_id": run["id"],
        "run_url": f"{url_of(request)}/actions/runs/{run['id']}",
        "run_attempt": run["run_attempt"],
        "node_id": node_id("CheckRun", number),
        "url": f"{url_of(request)}/actions/jobs/{number}",
        "html_url": f"{page_of(request)}/actions/runs/{run['id']}/job/{number}",
        "check_run_url": f"{url_of(request)}/check-runs/{number}",
        "head_branch": run["head_branch"],
        "workflow_name": run["name"],
        "created_at": run["created_at"],
        "steps": [],
        "labels": ["ubuntu-24.04"],
        **dict.fromkeys(["runner_id", "runner_name", "runner_group_id", "runner_group_name"]),
    }


_ONE = "/actions/runs/{run:int}"
ROUTES = [
    Route("/actions/runs", _list),
    Route(_ONE, _get),
    Route(f"{_ONE}/jobs", _jobs),
    Route("/actions/jobs/{job:int}", _one_job),
    Route(f"{_ONE}/cancel", _cancel, methods=["POST"]),
    Route(f"{_ONE}/force-cancel", _cancel, methods=["POST"]),
    Route(f"{_ONE}/rerun", _rerun, methods=["POST"]),
]
