"""Issues, and what pull requests share with them (`/issues`): number, title, labels, state."""

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.github import labels
from sandbox.github.access import actor_of
from sandbox.github.accounts import person
from sandbox.github.answers import (
    Document,
    body_of,
    invalid,
    node_id,
    not_found,
    optional_text,
    rows_of,
    text_of,
)
from sandbox.github.repositories import page_of, url_of
from sandbox.github.tables import new_id, new_number, table, timestamp, world_of
from sandbox.world import World

_STATES = ("open", "closed")
_REASONS = ("completed", "not_planned", "duplicate", "reopened")


def make(
    world: World,
    *,
    title: str,
    user: str,
    body: str | None = None,
    names: list[str] | None = None,
    number: int | None = None,
    pull: Document | None = None,
) -> Document:
    """Keep a new issue or pull request.

    Args:
        world: whose store.
        title: of any kind.
        user: login of its author.
        body: Markdown.
        names: of its labels.
        number: the next one by default.
        pull: what only a pull request has.
    """
    at = timestamp(world)
    document: Document = {
        "id": new_id(world),
        "number": number or new_number(world),
        "title": title,
        "body": body,
        "user": user,
        "labels": labels.known(world, names or []),
        "state": "open",
        "state_reason": None,
        "created_at": at,
        "updated_at": at,
        "closed_at": None,
        "pull": pull,
    }
    world.store.table("github.issue").put(str(document["number"]), document)
    return document


def change(world: World, number: int, **fields: Any) -> Document:
    """Change fields of an issue or pull request; it is as new as now."""
    return world.store.table("github.issue").patch(str(number), **fields, updated_at=timestamp(world))


def set_state(world: World, number: int, state: str, *, reason: str | None = None) -> Document:
    """Close or reopen an issue or pull request."""
    closed = state == "closed"
    return change(
        world,
        number,
        state=state,
        state_reason=(reason or "completed") if closed else reason,
        closed_at=timestamp(world) if closed else None,
    )


def existing(request: Request) -> Document:
    """The issue or pull request that the path names, or 404."""
    found = table(request, "issue").get(str(request.path_params["number"]))
    if found is None:
        raise not_found()
    return found


def chosen(request: Request, rows: list[Document]) -> list[Document]:
    """Rows of the state, labels, author, since and order that the query asks for."""
    asked = request.query_params
    state = asked.get("state", "open")
    wanted = {name.strip().lower() for name in asked.get("labels", "").split(",") if name.strip()}
    found = [
        row
        for row in rows
        if state in ("all", row["state"])
        and wanted <= {name.lower() for name in row["labels"]}
        and asked.get("creator", row["user"]) == row["user"]
        and row["updated_at"] >= asked.get("since", "")
    ]
    by: Callable[[Document], Any] = _orders(asked.get("sort", "created"))
    return sorted(found, key=by, reverse=asked.get("direction", "desc") != "asc")


def shown(request: Request, document: Document) -> Document:
    """What issues and pull requests have in common, as GitHub answers it."""
    url = f"{url_of(request)}/issues/{document['number']}"
    page = f"{page_of(request)}/{'pull' if document['pull'] else 'issues'}/{document['number']}"
    comments = len(table(request, "comment").where(issue=document["number"]))
    found = {
        **{
            name: document[name]
            for name in ("id", "number", "title", "body", "state", "created_at", "updated_at", "closed_at")
        },
        "node_id": node_id("PullRequest" if document["pull"] else "Issue", document["id"]),
        "url": url,
        "html_url": page,
        "repository_url": url_of(request),
        "labels_url": f"{url}/labels{{/name}}",
        "comments_url": f"{url}/comments",
        "events_url": f"{url}/events",
        "state_reason": document["state_reason"],
        "user": person(request, document["user"]),
        "labels": labels.shown_all(request, document["labels"]),
        "comments": comments,
        **dict.fromkeys(["assignee", "milestone", "active_lock_reason"]),
        "assignees": [],
        "locked": False,
        "author_association": "MEMBER",
    }
    if document["pull"]:
        number, pulls = document["number"], f"{url_of(request)}/pulls"
        found["draft"] = document["pull"]["draft"]
        found["pull_request"] = {
            "url": f"{pulls}/{number}",
            "html_url": page,
            "diff_url": f"{page}.diff",
            "patch_url": f"{page}.patch",
            "merged_at": document["pull"]["merged_at"],
        }
    return found


async def _list(request: Request) -> Response:
    issues = table(request, "issue")
    rows = chosen(request, [issues.get(key) or {} for key in issues])
    return rows_of(request, [shown(request, row) for row in rows])


async def _create(request: Request) -> Response:
    body = await body_of(request)
    title = text_of(body, "Issue", "title")
    made = make(
        world_of(request),
        title=title,
        user=actor_of(request).login,
        body=optional_text(body, "Issue", "body"),
        names=labels.names_of(body),
    )
    return JSONResponse(shown(request, made), status_code=201)


async def _get(request: Request) -> Response:
    return JSONResponse(shown(request, existing(request)))


async def _update(request: Request) -> Response:
    number = existing(request)["number"]
    body = await body_of(request)
    world = world_of(request)
    changes: Document = {}
    if "title" in body:
        changes["title"] = text_of(body, "Issue", "title")
    if "body" in body:
        changes["body"] = optional_text(body, "Issue", "body")
    if "labels" in body:
        changes["labels"] = labels.known(world, labels.names_of(body))
    state, reason = body.get("state"), body.get("state_reason")
    if state not in (*_STATES, None):
        raise invalid("Issue", "state", '"state" must be "open" or "closed".')
    if reason not in (*_REASONS, None):
        raise invalid("Issue", "state_reason", f'"state_reason" must be one of {", ".join(_REASONS)}.')
    if state:
        set_state(world, number, state, reason=reason)
    return JSONResponse(shown(request, change(world, number, **changes)))


def _orders(name: str) -> Callable[[Document], Any]:
    if name == "updated":
        return lambda row: (row["updated_at"], row["number"])
    return lambda row: (row["created_at"], row["number"])


ROUTES = [
    Route("/issues", _list),
    Route("/issues", _create, methods=["POST"]),
    Route("/issues/{number:int}", _get),
    Route("/issues/{number:int}", _update, methods=["PATCH"]),
]
