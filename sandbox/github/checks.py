"""What a commit's checks say (`/commits/{ref}/check-runs`): the jobs of the runs of that commit."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.github.answers import Document, listing, node_id, not_found
from sandbox.github.commits import commit_or_404
from sandbox.github.installations import actions_app
from sandbox.github.repositories import page_of, url_of
from sandbox.github.tables import table

_QUIET = {"title": None, "summary": None, "text": None, "annotations_count": 0}


async def _of_commit(request: Request) -> Response:
    sha = commit_or_404(request, request.path_params["ref"])
    asked = request.query_params
    rows = [
        row
        for row in reversed(table(request, "job").where(head_sha=sha))
        if asked.get("check_name", row["name"]) == row["name"]
        and asked.get("status", row["status"]) == row["status"]
    ]
    if asked.get("filter", "latest") == "latest":
        seen: dict[tuple[str, str], Document] = {}
        for row in rows:
            seen.setdefault((_workflow(request, row), row["name"]), row)
        rows = list(seen.values())
    return listing(request, key="check_runs", rows=[_shown(request, row) for row in rows])


async def _get(request: Request) -> Response:
    job = table(request, "job").get(str(request.path_params["job"]))
    if job is None:
        raise not_found()
    return JSONResponse(_shown(request, job))


def _workflow(request: Request, job: Document) -> str:
    return str((table(request, "run").get(str(job["run"])) or {}).get("path", ""))


def _shown(request: Request, job: Document) -> Document:
    number = job["id"]
    page = f"{page_of(request)}/actions/runs/{job['run']}/job/{number}"
    return {
        **{name: value for name, value in job.items() if name != "run"},
        "node_id": node_id("CheckRun", number),
        "external_id": str(job["run"]),
        "url": f"{url_of(request)}/check-runs/{number}",
        "html_url": page,
        "details_url": page,
        "output": {**_QUIET, "annotations_url": f"{url_of(request)}/check-runs/{number}/annotations"},
        "check_suite": {"id": 8_000_000 + job["run"]},
        "app": actions_app(request),
        "pull_requests": [],
    }


ROUTES = [Route("/commits/{ref:path}/check-runs", _of_commit), Route("/check-runs/{job:int}", _get)]
