"""Statuses of a commit, the older kind of check (`/statuses/{sha}`, `/commits/{ref}/status`)."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.git.references import References
from sandbox.github.access import actor_of
from sandbox.github.accounts import person
from sandbox.github.answers import Document, Refused, body_of, invalid, node_id, optional_text, rows_of
from sandbox.github.commits import commit_or_404
from sandbox.github.repositories import repository, url_of
from sandbox.github.tables import next_id, now, repository_of, table

_STATES = ("error", "failure", "pending", "success")


async def _create(request: Request) -> Response:
    sha = request.path_params["sha"]
    if References(repository_of(request)).commit_of(sha) != sha:
        raise Refused(422, f"No commit found for SHA: {sha}")
    body = await body_of(request)
    if body.get("state") not in _STATES:
        raise invalid("Status", "state", f'"state" must be one of {", ".join(_STATES)}.')
    document = {
        "id": next_id(request),
        "sha": sha,
        "state": body["state"],
        "context": optional_text(body, "Status", "context") or "default",
        "description": optional_text(body, "Status", "description"),
        "target_url": optional_text(body, "Status", "target_url"),
        "creator": actor_of(request).login,
        "created_at": now(request),
        "updated_at": now(request),
    }
    table(request, "status").put(str(document["id"]), document)
    return JSONResponse(_shown(request, document), status_code=201)


async def _list(request: Request) -> Response:
    sha = commit_or_404(request, request.path_params["ref"])
    rows = reversed(table(request, "status").where(sha=sha))
    return rows_of(request, [_shown(request, row) for row in rows])


async def _combined(request: Request) -> Response:
    sha = commit_or_404(request, request.path_params["ref"])
    newest = {row["context"]: row for row in table(request, "status").where(sha=sha)}
    states = {row["state"] for row in newest.values()}
    bad = bool(states & {"error", "failure"})
    state = "failure" if bad else "success" if states == {"success"} else "pending"
    url = f"{url_of(request)}/commits/{sha}"
    shown = [_shown(request, row) for row in newest.values()]
    return JSONResponse(
        {
            "state": state,
            "statuses": [{k: v for k, v in row.items() if k != "creator"} for row in shown],
            "sha": sha,
            "total_count": len(newest),
            "repository": repository(request),
            "commit_url": url,
            "url": f"{url}/status",
        }
    )


def _shown(request: Request, status: Document) -> Document:
    who = person(request, status["creator"])
    return {
        **{name: value for name, value in status.items() if name != "sha"},
        "node_id": node_id("StatusContext", status["id"]),
        "url": f"{url_of(request)}/statuses/{status['sha']}",
        "avatar_url": who["avatar_url"],
        "creator": who,
    }


ROUTES = [
    Route("/statuses/{sha}", _create, methods=["POST"]),
    Route("/commits/{ref:path}/statuses", _list),
    Route("/commits/{ref:path}/status", _combined),
]
