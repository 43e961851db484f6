"""Deployments (`/deployments`): a commit for an environment, which comes to be when it is first named.

An environment that a deployment merely names is made without protection, as GitHub makes it.
"""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.git.references import References
from sandbox.github import deployment_statuses, environments
from sandbox.github.access import actor_of
from sandbox.github.accounts import person
from sandbox.github.answers import (
    Document,
    Refused,
    body_of,
    node_id,
    not_found,
    optional_text,
    rows_of,
    text_of,
)
from sandbox.github.repositories import url_of
from sandbox.github.tables import new_id, repository_of, table, timestamp, world_of
from sandbox.world import World

_FILTERS = ("sha", "ref", "task", "environment")
_LAST = "We cannot delete an active deployment unless it is the only deployment in a given repository."


def record(
    world: World,
    *,
    sha: str,
    ref: str,
    environment: str,
    creator: str,
    task: str = "deploy",
    payload: Any = None,
    description: str | None = None,
    transient: bool = False,
    production: bool | None = None,
) -> Document:
    """Keep a new deployment, and make its environment where there is none."""
    environments.name(world, environment)
    at = timestamp(world)
    document: Document = {
        "id": new_id(world),
        "sha": sha,
        "ref": ref,
        "task": task,
        "payload": {} if payload is None else payload,
        "original_environment": environment,
        "environment": environment,
        "description": description,
        "creator": creator,
        "transient_environment": transient,
        "production_environment": environment == "production" if production is None else production,
        "created_at": at,
        "updated_at": at,
    }
    world.store.table("github.deployment").put(str(document["id"]), document)
    return document


def existing(request: Request) -> Document:
    """The deployment that the path names, or 404."""
    found = table(request, "deployment").get(str(request.path_params["deployment"]))
    if found is None:
        raise not_found()
    return found


async def _list(request: Request) -> Response:
    asked = request.query_params
    rows = [
        row
        for row in reversed(table(request, "deployment").where())
        if all(asked.get(name, row[name]) == row[name] for name in _FILTERS)
    ]
    return rows_of(request, [shown(request, row) for row in rows])


async def _create(request: Request) -> Response:
    body = await body_of(request)
    ref = text_of(body, "Deployment", "ref")
    sha = References(repository_of(request)).commit_of(ref)
    if sha is None:
        raise Refused(422, f"No ref found for: {ref}")
    _check_contexts(request, body, sha=sha, ref=ref)
    flags = {name: body.get(name) for name in ("transient_environment", "production_environment")}
    made = record(
        world_of(request),
        sha=sha,
        ref=ref,
        environment=optional_text(body, "Deployment", "environment") or "production",
        creator=actor_of(request).login,
        task=optional_text(body, "Deployment", "task") or "deploy",
        payload=_payload(body.get("payload")),
        description=optional_text(body, "Deployment", "description"),
        transient=bool(flags["transient_environment"]),
        production=flags["production_environment"],
    )
    return JSONResponse(shown(request, made), status_code=201)


async def _get(request: Request) -> Response:
    return JSONResponse(shown(request, existing(request)))


async def _delete(request: Request) -> Response:
    deployment = existing(request)
    state = deployment_statuses.state(world_of(request), deployment["id"])
    # GitHub calls a deployment active until a status other than success was added to it.
    if state in (None, "success") and len(table(request, "deployment")) > 1:
        raise Refused(
            422, "Validation Failed", [{"resource": "Deployment", "code": "custom", "message": _LAST}]
        )
    forget(world_of(request), deployment["id"])
    return Response(status_code=204)


def forget(world: World, number: int) -> None:
    """Remove a deployment with its statuses."""
    world.store.table("github.deployment").delete(str(number))
    statuses = world.store.table("github.deployment_status")
    for row in statuses.where(deployment=number):
        statuses.delete(str(row["id"]))


def _check_contexts(request: Request, body: Document, *, sha: str, ref: str) -> None:
    """409 where checks of the commit have not succeeded; `required_contexts: []` asks for none."""
    wanted = body.get("required_contexts")
    if wanted == []:
        return
    jobs = [
        job
        for run in table(request, "run").where(head_sha=sha)
        for job in table(request, "job").where(run=run["id"])
        if wanted is None or job["name"] in wanted
    ]
    missing = [name for name in wanted or [] if name not in {job["name"] for job in jobs}]
    if missing or any(job["conclusion"] not in ("success", "skipped", "neutral") for job in jobs):
        raise Refused(
            409,
            f"Conflict: Commit status checks failed for {ref}.",
            [{"field": "required_contexts", "code": "invalid", "contexts": missing}],
        )


def _payload(given: Any) -> Any:
    if not isinstance(given, str):
        return given
    try:
        return json.loads(given)
    except ValueError:
        return given


def shown(request: Request, deployment: Document) -> Document:
    """The deployment as GitHub answers it."""
    url = f"{url_of(request)}/deployments/{deployment['id']}"
    return {
        **deployment,
        "node_id": node_id("Deployment", deployment["id"]),
        "url": url,
        "statuses_url": f"{url}/statuses",
        "repository_url": url_of(request),
        "creator": person(request, deployment["creator"]),
    }


ROUTES = [
    Route("/deployments", _list),
    Route("/deployments", _create, methods=["POST"]),
    Route("/deployments/{deployment:int}", _get),
    Route("/deployments/{deployment:int}", _delete, methods=["DELETE"]),
]
