"""From HTTP to procedures and back, with the server's order of checks.

Next.js parses the body first (413, `Invalid JSON`), then the page verifies the key (401 without a code), then
the router looks for the procedure (404), then the key is verified a second time (401 with a code), then the
schema is checked (400). Measured 2026-11-22.
"""

import json
import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import Scope

from sandbox.dokploy.call import EMPTY, Call, Procedure, Server
from sandbox.dokploy.errors import ApiError, NotFound, ServerError, Unauthorized, UnsupportedMediaType
from sandbox.dokploy.keys import verify
from sandbox.dokploy.schema import check
from sandbox.faults import Fault

BODY_LIMIT = 1024 * 1024

_log = logging.getLogger(__name__)


class Endpoint:
    """Answers `/api/<procedure>`.

    Args:
        server: the emulator.
        procedures: by name.
    """

    def __init__(self, server: Server, procedures: Mapping[str, Procedure]) -> None:
        self._server = server
        self._procedures = procedures

    async def answer(self, request: Request) -> Response:
        """Answer one request."""
        name = str(request.path_params["procedure"])
        body = await request.body()
        content_type = request.headers.get("content-type", "")
        is_json = content_type.split(";")[0].strip().lower() == "application/json"
        if len(body) > BODY_LIMIT:
            return PlainTextResponse("Body exceeded 1mb limit", status_code=413)
        try:
            sent = json.loads(body) if is_json and body else {}
        except ValueError:
            return PlainTextResponse("Invalid JSON", status_code=400)
        state = self._server.state
        key = request.headers.get("x-api-key")
        if verify(state, key) is None:
            return JSONResponse({"message": "Unauthorized"}, status_code=401)
        procedure = self._procedures.get(name)
        try:
            if procedure is None or procedure.method != request.method:
                name = ""
                raise NotFound("Not found")  # noqa: TRY301  # answered in one place with everything else
            if procedure.method == "POST" and not is_json and (body or content_type):
                raise UnsupportedMediaType(content_type.split(";")[0])  # noqa: TRY301  # as above
            call = self._call(key)
            if procedure.method == "GET":
                sent = {field: value for field, value in request.query_params.items() if value}
            return _answer(await procedure.handler(call, check(procedure.schema, sent)))
        except ApiError as error:
            return JSONResponse(error.body(name or None), status_code=error.status)
        except Exception:  # noqa: BLE001  # the real server answers 500 whatever breaks
            _log.exception("%s ended in an error of the emulator", name)
            return JSONResponse(ServerError("Internal server error").body(name), status_code=500)

    def _call(self, key: str | None) -> Call:
        row = verify(self._server.state, key)
        if row is None:
            raise Unauthorized("UNAUTHORIZED")
        members = self._server.state.member.where(
            userId=row["referenceId"], organizationId=row["organizationId"]
        )
        if not members:
            raise Unauthorized("UNAUTHORIZED")
        return Call(server=self._server, member=members[0])


def _answer(result: Any) -> Response:
    return Response(status_code=200) if result is EMPTY else JSONResponse(result)


async def health(_request: Request) -> Response:
    """`GET /api/health`, the one endpoint that needs no key."""
    return JSONResponse({"ok": True})


def procedure_of(scope: Scope) -> str:
    """How a request is known to the access log and the faults: by its procedure."""
    return str(scope["path"]).removeprefix("/api/")


def fault_answer(fault: Fault, path: str) -> Response:
    """A fault's status and message, in the words of this server or of the proxy before it."""
    if fault.status == HTTPStatus.UNAUTHORIZED and fault.message == "Unauthorized":
        return JSONResponse({"message": "Unauthorized"}, status_code=401)
    if fault.status in (HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT):
        return PlainTextResponse(HTTPStatus(fault.status).phrase, status_code=fault.status)
    code = HTTPStatus(fault.status).name
    data = {"code": code, "httpStatus": fault.status, "path": path, "zodError": None}
    return JSONResponse({"message": fault.message, "code": code, "data": data}, status_code=fault.status)
