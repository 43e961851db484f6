"""Names of secrets, of the repository and of an environment; their values are nobody's to read."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.github.answers import Document, listing, not_found
from sandbox.github.environments import existing, key_of
from sandbox.github.repositories import FULL_NAME
from sandbox.github.tables import table, timestamp
from sandbox.world import World


def keep(world: World, name: str, *, environment: str | None) -> None:
    """Remember that there is a secret, of an environment or of the repository."""
    place = f"{FULL_NAME}/{environment}" if environment else FULL_NAME
    at = timestamp(world)
    document: Document = {"environment": place, "name": name.upper(), "created_at": at, "updated_at": at}
    world.store.table("github.secret").put(f"{place}/{name.upper()}", document)


async def _list(request: Request) -> Response:
    rows = table(request, "secret").where(environment=_place(request))
    return listing(request, key="secrets", rows=[_shown(row) for row in rows])


async def _get(request: Request) -> Response:
    return JSONResponse(_shown(_existing(request)))


async def _delete(request: Request) -> Response:
    found = _existing(request)
    table(request, "secret").delete(f"{found['environment']}/{found['name']}")
    return Response(status_code=204)


def _place(request: Request) -> str:
    if "environment" not in request.path_params:
        return FULL_NAME
    existing(request)
    return key_of(request)


def _existing(request: Request) -> Document:
    found = table(request, "secret").get(f"{_place(request)}/{request.path_params['name'].upper()}")
    if found is None:
        raise not_found()
    return found


def _shown(secret: Document) -> Document:
    return {name: secret[name] for name in ("name", "created_at", "updated_at")}


ROUTES = [
    route
    for below in ("/actions/secrets", "/environments/{environment}/secrets")
    for route in (
        Route(below, _list),
        Route(f"{below}/{{name}}", _get),
        Route(f"{below}/{{name}}", _delete, methods=["DELETE"]),
    )
]
