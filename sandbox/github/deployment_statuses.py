"""How deployments fare (`/deployments/{id}/statuses`), newest first."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.github.access import actor_of
from sandbox.github.accounts import person
from sandbox.github.answers import Document, body_of, invalid, node_id, not_found, optional_text, rows_of
from sandbox.github.repositories import url_of
from sandbox.github.tables import new_id, table, timestamp, world_of
from sandbox.world import World

STATES = ("error", "failure", "inactive", "in_progress", "queued", "pending", "success")
_LONGEST_DESCRIPTION = 140
_TEXTS = ("description", "environment", "environment_url", "log_url", "target_url")


def write(world: World, *, deployment: int, state: str, creator: str, **texts: str) -> Document:
    """Keep a new status of a deployment.

    Args:
        world: whose store.
        deployment: its number.
        state: one of `STATES`.
        creator: login.
        texts: `description`, `environment`, `environment_url`, `log_url`, `target_url`.
    """
    of = world.store.table("github.deployment").patch(str(deployment), updated_at=timestamp(world))
    at = timestamp(world)
    document: Document = {
        "id": new_id(world),
        "deployment": deployment,
        "state": state,
        "creator": creator,
        **{name: texts.get(name, "") for name in _TEXTS},
        "environment": texts.get("environment") or of["environment"],
        "target_url": texts.get("target_url") or texts.get("log_url", ""),
        "created_at": at,
        "updated_at": at,
    }
    world.store.table("github.deployment_status").put(str(document["id"]), document)
    return document


def state(world: World, deployment: int) -> str | None:
    """The newest state of a deployment, `None` before the first."""
    rows = world.store.table("github.deployment_status").where(deployment=deployment)
    return str(rows[-1]["state"]) if rows else None


def retire(world: World, newest: int, *, creator: str) -> None:
    """Make earlier successes in the same environment inactive, as GitHub does at a new success."""
    deployments = world.store.table("github.deployment")
    environment = (deployments.get(str(newest)) or {})["environment"]
    for other in deployments.where(environment=environment):
        lasting = other["transient_environment"] or other["production_environment"]
        if other["id"] < newest and not lasting and state(world, other["id"]) == "success":
            write(world, deployment=other["id"], state="inactive", creator=creator)


async def _list(request: Request) -> Response:
    rows = table(request, "deployment_status").where(deployment=_deployment(request))
    return rows_of(request, [_shown(request, row) for row in reversed(rows)])


async def _create(request: Request) -> Response:
    number = _deployment(request)
    body = await body_of(request)
    if body.get("state") not in STATES:
        raise invalid("DeploymentStatus", "state", f'"state" must be one of {", ".join(STATES)}.')
    texts = {name: optional_text(body, "DeploymentStatus", name) or "" for name in _TEXTS}
    if len(texts["description"]) > _LONGEST_DESCRIPTION:
        raise invalid(
            "DeploymentStatus", "description", "description is too long (maximum is 140 characters)"
        )
    for name in ("environment_url", "log_url", "target_url"):
        if texts[name] and not texts[name].startswith(("http://", "https://")):
            raise invalid("DeploymentStatus", name, f"{name} must use http(s) scheme")
    creator = actor_of(request).login
    made = write(world_of(request), deployment=number, state=body["state"], creator=creator, **texts)
    if body["state"] == "success" and body.get("auto_inactive", True):
        retire(world_of(request), number, creator=creator)
    return JSONResponse(_shown(request, made), status_code=201)


async def _get(request: Request) -> Response:
    found = table(request, "deployment_status").get(str(request.path_params["status"]))
    if found is None or found["deployment"] != _deployment(request):
        raise not_found()
    return JSONResponse(_shown(request, found))


def _deployment(request: Request) -> int:
    number: int = request.path_params["deployment"]
    if str(number) not in table(request, "deployment"):
        raise not_found()
    return number


def _shown(request: Request, status: Document) -> Document:
    deployment = f"{url_of(request)}/deployments/{status['deployment']}"
    return {
        **{name: value for name, value in status.items() if name != "deployment"},
        "node_id": node_id("DeploymentStatus", status["id"]),
        "url": f"{deployment}/statuses/{status['id']}",
        "deployment_url": deployment,
        "repository_url": url_of(request),
        "creator": person(request, status["creator"]),
    }


_ALL = "/deployments/{deployment:int}/statuses"
ROUTES = [
    Route(_ALL, _list),
    Route(_ALL, _create, methods=["POST"]),
    Route(f"{_ALL}/{{status:int}}", _get),
]
