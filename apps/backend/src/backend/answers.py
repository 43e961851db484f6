"""Errors as JSON: `{"error": <a word>, "detail": <a sentence>}`, for bad input also `fields`."""

from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from backend.errors import NotFound, Refused, Unavailable
from backend.logs import logger

_WORDS = {400: "malformed", 404: "not_found", 405: "not_allowed", 413: "too_large", 422: "invalid"}

_log = logger(__name__)


def problem(status: int, detail: str, *, error: str | None = None, **more: object) -> JSONResponse:
    """An error.

    Args:
        status: of HTTP.
        detail: a sentence for people.
        error: a word for programs; by default the status's.
        **more: further keys.
    """
    return JSONResponse(
        {"error": error or _WORDS.get(status, "failed"), "detail": detail, **more}, status_code=status
    )


def install(app: FastAPI) -> None:
    """Answer every error of an application like this."""
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(NotFound, _not_found)
    app.add_exception_handler(Unavailable, _unavailable)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    found = error.errors() if isinstance(error, RequestValidationError) else ()
    # what was sent is not repeated: only names and messages
    named = [(_name(each), str(each["msg"]).removeprefix("Value error, ")) for each in found]
    return problem(
        422,
        "; ".join(f"{name}: {message}" for name, message in named),
        fields=sorted({name for name, _ in named}),
    )


def _name(found: Any) -> str:
    """The field: its place begins with body, path or query; text that is no JSON has only a position."""
    place = found["loc"][1:] if found["type"] != "json_invalid" else ()
    return ".".join(map(str, place)) or str(found["loc"][0])


async def _refused(_: Request, error: Exception) -> JSONResponse:
    return problem(422, str(error), fields=[error.field] if isinstance(error, Refused) else [])


async def _not_found(_: Request, error: Exception) -> JSONResponse:
    return problem(404, str(error))


async def _unavailable(_: Request, error: Exception) -> JSONResponse:
    _log.warning("unavailable", reason=str(error))
    return problem(503, str(error), error="unavailable")


async def _http(_: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):
        return problem(500, "")
    answer = problem(error.status_code, str(error.detail))
    answer.headers.update(error.headers or {})
    return answer


async def _unexpected(request: Request, _: Exception) -> JSONResponse:
    # the log has the rest, under this id
    seen = request.scope.get("state", {}).get("request_id", "")
    return problem(500, f"something went wrong here; the log tells more of request {seen}", error="internal")
