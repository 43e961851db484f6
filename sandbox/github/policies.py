"""Which branches and tags may deploy to an environment (`…/deployment-branch-policies`)."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.github.answers import Document, body_of, invalid, listing, node_id, not_found
from sandbox.github.environments import existing, key_of
from sandbox.github.tables import next_id, world_of
from sandbox.store import Table

_KINDS = ("branch", "tag")


async def _list(request: Request) -> Response:
    existing(request)
    rows = [_shown(row) for row in _policies(request).where(environment=key_of(request))]
    return listing(request, key="branch_policies", rows=rows)


async def _create(request: Request) -> Response:
    environment = existing(request)
    if not (environment["deployment_branch_policy"] or {}).get("custom_branch_policies"):
        raise not_found()
    body = await body_of(request)
    kind = body.get("type", "branch")
    if kind not in _KINDS:
        raise invalid("DeploymentBranchPolicy", "type", '"type" must be "branch" or "tag".')
    name = _name(body)
    if _policies(request).where(environment=key_of(request), name=name, type=kind):
        return Response(status_code=303)
    number = next_id(request)
    document = {"id": number, "environment": key_of(request), "name": name, "type": kind}
    _policies(request).put(str(number), document)
    return JSONResponse(_shown(document))


async def _get(request: Request) -> Response:
    return JSONResponse(_shown(_existing(request)))


async def _put(request: Request) -> Response:
    number = _existing(request)["id"]
    document = _policies(request).patch(str(number), name=_name(await body_of(request)))
    return JSONResponse(_shown(document))


async def _delete(request: Request) -> Response:
    _policies(request).delete(str(_existing(request)["id"]))
    return Response(status_code=204)


def _policies(request: Request) -> Table:
    return world_of(request).store.table("github.policy")


def _existing(request: Request) -> Document:
    found = _policies(request).get(str(request.path_params["policy"]))
    if found is None or found["environment"] != key_of(request):
        raise not_found()
    return found


def _name(body: Document) -> str:
    name: Any = body.get("name")
    if not isinstance(name, str) or not name.strip():
        raise invalid("DeploymentBranchPolicy", "name", '"name" is missing or empty.')
    return name


def _shown(document: Document) -> Document:
    return {
        "id": document["id"],
        "node_id": node_id("GateBranchPolicy", document["id"]),
        "name": document["name"],
        "type": document["type"],
    }


_ALL = "/environments/{environment}/deployment-branch-policies"
_ONE = _ALL + "/{policy:int}"
ROUTES = [
    Route(_ALL, _list),
    Route(_ALL, _create, methods=["POST"]),
    Route(_ONE, _get),
    Route(_ONE, _put, methods=["PUT"]),
    Route(_ONE, _delete, methods=["DELETE"]),
]
