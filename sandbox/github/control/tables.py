"""The tables as they are, to look into and to turn back a date."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox import asked
from sandbox.github.tables import table


async def _all(request: Request) -> Response:
    return JSONResponse(table(request, request.path_params["table"]).where())


async def _patch(request: Request) -> Response:
    rows, key = table(request, request.path_params["table"]), request.path_params["key"]
    before = rows.get(key)
    if before is None:
        return JSONResponse({"message": f"there is no {key} in github.{rows.name}"}, status_code=404)
    return JSONResponse(rows.patch(key, **await asked.body_of(request, allowed=set(before))))


ROUTES = [
    Route("/tables/{table}", _all),
    Route("/tables/{table}/{key:path}", _patch, methods=["PATCH"]),
]
