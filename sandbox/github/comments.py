"""Comments of issues and pull requests (`/issues/{number}/comments`, `/issues/comments/{id}`)."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.github.access import actor_of
from sandbox.github.accounts import person
from sandbox.github.answers import Document, body_of, invalid, node_id, not_found, rows_of, text_of
from sandbox.github.issues import change, existing
from sandbox.github.repositories import page_of, url_of
from sandbox.github.tables import new_id, now, table, timestamp, world_of
from sandbox.world import World

LONGEST = 65_536
"""Characters of a comment; GitHub refuses a longer one (documented limit, 2026-11-23)."""


def write(world: World, *, issue: int, body: str, user: str) -> Document:
    """Keep a new comment."""
    at = timestamp(world)
    document: Document = {
        "id": new_id(world),
        "issue": issue,
        "body": body,
        "user": user,
        "created_at": at,
        "updated_at": at,
    }
    world.store.table("github.comment").put(str(document["id"]), document)
    change(world, issue)
    return document


async def _list(request: Request) -> Response:
    rows = table(request, "comment").where(issue=existing(request)["number"])
    return _page(request, rows)


async def _list_all(request: Request) -> Response:
    rows = table(request, "comment").where()
    by = {"created": "created_at", "updated": "updated_at"}.get(request.query_params.get("sort", ""))
    if by:  # GitHub looks at `direction` only then
        newest_first = request.query_params.get("direction", "desc") != "asc"
        rows = sorted(rows, key=lambda row: (row[by], row["id"]), reverse=newest_first)
    return _page(request, rows)


async def _create(request: Request) -> Response:
    issue = existing(request)["number"]
    body = _body(await body_of(request))
    made = write(world_of(request), issue=issue, body=body, user=actor_of(request).login)
    return JSONResponse(_shown(request, made), status_code=201)


async def _get(request: Request) -> Response:
    return JSONResponse(_shown(request, _existing(request)))


async def _update(request: Request) -> Response:
    number = str(_existing(request)["id"])
    body = _body(await body_of(request))
    return JSONResponse(
        _shown(request, table(request, "comment").patch(number, body=body, updated_at=now(request)))
    )


async def _delete(request: Request) -> Response:
    table(request, "comment").delete(str(_existing(request)["id"]))
    return Response(status_code=204)


def _page(request: Request, rows: list[Document]) -> Response:
    since = request.query_params.get("since", "")
    return rows_of(request, [_shown(request, row) for row in rows if row["updated_at"] >= since])


def _existing(request: Request) -> Document:
    found = table(request, "comment").get(str(request.path_params["comment"]))
    if found is None:
        raise not_found()
    return found


def _body(body: Document) -> str:
    text = text_of(body, "IssueComment", "body")
    if len(text) > LONGEST:
        raise invalid("IssueComment", "body", f"Body is too long (maximum is {LONGEST} characters)")
    return text


def _shown(request: Request, comment: Document) -> Document:
    issue = table(request, "issue").get(str(comment["issue"])) or {}
    kind = "pull" if issue.get("pull") else "issues"
    return {
        **{name: comment[name] for name in ("id", "body", "created_at", "updated_at")},
        "node_id": node_id("IssueComment", comment["id"]),
        "url": f"{url_of(request)}/issues/comments/{comment['id']}",
        "html_url": f"{page_of(request)}/{kind}/{comment['issue']}#issuecomment-{comment['id']}",
        "issue_url": f"{url_of(request)}/issues/{comment['issue']}",
        "user": person(request, comment["user"]),
        "author_association": "MEMBER",
    }


_OF_ONE = "/issues/{number:int}/comments"
_ONE = "/issues/comments/{comment:int}"
ROUTES = [
    Route("/issues/comments", _list_all),
    Route(_ONE, _get),
    Route(_ONE, _update, methods=["PATCH"]),
    Route(_ONE, _delete, methods=["DELETE"]),
    Route(_OF_ONE, _list),
    Route(_OF_ONE, _create, methods=["POST"]),
]
