"""Variables of the repository (`/actions/variables`) and of an environment; names are kept in upper case."""

import re
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.github.answers import Document, Refused, body_of, invalid, listing, not_found
from sandbox.github.environments import existing, key_of
from sandbox.github.repositories import known_repository
from sandbox.github.tables import now, world_of
from sandbox.store import Table

_NAME = re.compile(r"(?!GITHUB_)[A-Z_][A-Z0-9_]*")
_LONGEST = 48 * 1024


async def _list(request: Request) -> Response:
    rows = [_shown(row) for row in _variables(request).where(environment=_place(request))]
    return listing(request, key="variables", rows=rows)


async def _create(request: Request) -> Response:
    _place(request)
    body = await body_of(request)
    name, value = _name(body), _value(body)
    if _key(request, name) in _variables(request):
        raise Refused(409, "Already exists - Variable already exists")
    _put(request, name=name, value=value, created=now(request))
    return JSONResponse({}, status_code=201)


async def _get(request: Request) -> Response:
    return JSONResponse(_shown(_existing(request)))


async def _update(request: Request) -> Response:
    before = _existing(request)
    body = await body_of(request)
    name = _name(body) if "name" in body else before["name"]
    value = _value(body) if "value" in body else before["value"]
    if name != before["name"] and _key(request, name) in _variables(request):
        raise Refused(409, "Already exists - Variable already exists")
    _variables(request).delete(_key(request, before["name"]))
    _put(request, name=name, value=value, created=before["created_at"])
    return Response(status_code=204)


async def _delete(request: Request) -> Response:
    _variables(request).delete(_key(request, _existing(request)["name"]))
    return Response(status_code=204)


def _variables(request: Request) -> Table:
    return world_of(request).store.table("github.variable")


def _place(request: Request) -> str:
    """Whose variables: the environment's, which must be there, or the repository's."""
    if "environment" not in request.path_params:
        return known_repository(request)
    existing(request)
    return key_of(request)


def _key(request: Request, name: str) -> str:
    return f"{_place(request)}/{name}"


def _existing(request: Request) -> Document:
    found = _variables(request).get(_key(request, request.path_params["name"].upper()))
    if found is None:
        raise not_found()
    return found


def _put(request: Request, *, name: str, value: str, created: str) -> None:
    document = {
        "environment": _place(request),
        "name": name,
        "value": value,
        "created_at": created,
        "updated_at": now(request),
    }
    _variables(request).put(_key(request, name), document)


def _name(body: Document) -> str:
    name: Any = body.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name.upper()):
        raise invalid(
            "Variable", "name", "Names hold A-Z, 0-9 and _ only and do not start with GITHUB_ or a digit."
        )
    return name.upper()


def _value(body: Document) -> str:
    value: Any = body.get("value")
    if not isinstance(value, str) or not value or len(value.encode()) > _LONGEST:
        raise invalid("Variable", "value", f"A value is a text of 1 to {_LONGEST} bytes.")
    return value


def _shown(document: Document) -> Document:
    return {name: document[name] for name in ("name", "value", "created_at", "updated_at")}


ROUTES = [
    route
    for below in ("/actions/variables", "/environments/{environment}/variables")
    for route in (
        Route(below, _list),
        Route(below, _create, methods=["POST"]),
        Route(f"{below}/{{name}}", _get),
        Route(f"{below}/{{name}}", _update, methods=["PATCH"]),
        Route(f"{below}/{{name}}", _delete, methods=["DELETE"]),
    )
]
