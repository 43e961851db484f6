"""The GitHub App and its installation (`/app`): what it may, and tokens that may less."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.github.accounts import REPOSITORY, SINCE, api, owner
from sandbox.github.answers import Document, Refused, body_of, listing, node_id, not_found
from sandbox.github.app_key import APP_ID, CLIENT_ID, INSTALLATION_ID, SLUG
from sandbox.github.repositories import repository
from sandbox.github.tables import world_of
from sandbox.github.tokens import LEVELS, Tokens
from sandbox.world import World

_AT_FIRST = {
    "actions": "read",
    "administration": "read",
    "contents": "read",
    "environments": "read",
    "metadata": "read",
    "secrets": "read",
}
_HOUR = 3600  # seconds that an installation's token is good
ACTIONS_APP_ID = 15_368
"""GitHub Actions' own id on github.com, as rulesets name it."""


def permissions(world: World) -> dict[str, str]:
    """What the App was given: at first what reading the gates needs."""
    found = world.store.table("github.app").get("app")
    return dict(found["permissions"]) if found else dict(_AT_FIRST)


def give(world: World, given: dict[str, str]) -> None:
    """Have the App have these permissions and no others."""
    world.store.table("github.app").put("app", {"permissions": given})


async def _app(request: Request) -> Response:
    return JSONResponse({**_shown_app(request), "installations_count": 1})


async def _list(request: Request) -> Response:
    return JSONResponse([_shown(request)])


async def _get(request: Request) -> Response:
    _check_number(request)
    return JSONResponse(_shown(request))


async def _of_repository(request: Request) -> Response:
    return JSONResponse(_shown(request))


async def _mint(request: Request) -> Response:
    _check_number(request)
    body = await body_of(request, may_be_empty=True)
    held = permissions(world_of(request))
    wanted = _wanted(body.get("permissions"), held)
    named = _check_repositories(body)
    token, ends = Tokens(world_of(request)).make(permissions=wanted, login=f"{SLUG}[bot]", seconds=_HOUR)
    answer: Document = {
        "token": token,
        "expires_at": ends,
        "permissions": wanted,
        "repository_selection": "selected",
    }
    if named:
        answer["repositories"] = [repository(request)]
    return JSONResponse(answer, status_code=201)


async def _revoke(request: Request) -> Response:
    token = request.headers["authorization"].partition(" ")[2]
    if not Tokens(world_of(request)).revoke(token):
        raise Refused(403, "Resource not accessible by personal access token")
    return Response(status_code=204)


async def _repositories(request: Request) -> Response:
    return listing(request, key="repositories", rows=[repository(request)])


def _wanted(given: Any, held: dict[str, str]) -> dict[str, str]:
    if given is None:
        return held
    if not isinstance(given, dict):
        raise Refused(422, "Invalid request.\n\nFor 'properties/permissions', the value is not an object.")
    for name, level in given.items():
        if level not in LEVELS or LEVELS.index(level) > LEVELS.index(held.get(name, "none")):
            raise Refused(422, "The permissions requested are not granted to this installation.")
    return {**given, "metadata": "read"}


def _check_repositories(body: Document) -> bool:
    """Whether repositories are named; 422 for one that the App is not installed on."""
    names, numbers = body.get("repositories") or [], body.get("repository_ids") or []
    if not isinstance(names, list) or any(str(name).lower() != REPOSITORY for name in names):
        raise Refused(
            422,
            "There is at least one repository that does not exist or is not accessible to the parent"
            " installation.",
        )
    return bool(names or numbers)


def _check_number(request: Request) -> None:
    if request.path_params["installation"] != INSTALLATION_ID:
        raise not_found()


def actions_app(request: Request) -> Document:
    """GitHub Actions, the App that reports what workflows do."""
    return {
        **_shown_app(request),
        "id": ACTIONS_APP_ID,
        "slug": "github-actions",
        "node_id": node_id("App", ACTIONS_APP_ID),
        "name": "GitHub Actions",
        "client_id": "Iv1.05c79e9ad1f6bdfa",
    }


def _shown_app(request: Request) -> Document:
    return {
        "id": APP_ID,
        "slug": SLUG,
        "client_id": CLIENT_ID,
        "node_id": node_id("App", APP_ID),
        "owner": owner(request),
        "name": "Strata gates",
        "description": "Looks at gates",
        "external_url": str(request.base_url),
        "html_url": f"{request.base_url}apps/{SLUG}",
        "created_at": SINCE,
        "updated_at": SINCE,
        "permissions": permissions(world_of(request)),
        "events": [],
    }


def _shown(request: Request) -> Document:
    account = owner(request)
    url = f"{api(request)}/app/installations/{INSTALLATION_ID}"
    return {
        "id": INSTALLATION_ID,
        "account": account,
        "app_id": APP_ID,
        "app_slug": SLUG,
        "client_id": CLIENT_ID,
        "target_id": account["id"],
        "target_type": "Organization",
        "repository_selection": "selected",
        "permissions": permissions(world_of(request)),
        "events": [],
        "access_tokens_url": f"{url}/access_tokens",
        "repositories_url": f"{api(request)}/installation/repositories",
        "html_url": f"{request.base_url}settings/installations/{INSTALLATION_ID}",
        "created_at": SINCE,
        "updated_at": SINCE,
        **dict.fromkeys(["single_file_name", "suspended_by", "suspended_at"]),
    }


_ONE = "/app/installations/{installation:int}"
ROUTES = [
    Route("/app", _app),
    Route("/app/installations", _list),
    Route(_ONE, _get),
    Route(f"{_ONE}/access_tokens", _mint, methods=["POST"]),
    Route("/installation/repositories", _repositories),
    Route("/installation/token", _revoke, methods=["DELETE"]),
]
OF_REPOSITORY = [Route("/installation", _of_repository)]
