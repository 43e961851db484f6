"""How GitHub words its answers: errors, pages of a list, identifiers."""

import base64
import json
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.faults import Fault

Document = dict[str, Any]

DOCUMENTATION = "https://docs.github.com/rest"
_MOST_PER_PAGE = 100


class Refused(Exception):
    """A request that GitHub answers with an error.

    Args:
        status: HTTP status.
        message: the answer's `message`.
        errors: details as GitHub gives them with 422.
        headers: of the answer.
    """

    def __init__(
        self,
        status: int,
        message: str,
        errors: list[Document] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.errors = errors
        self.headers = headers


def not_found() -> Refused:
    """404, also for what the token may not see."""
    return Refused(404, "Not Found")


def invalid(resource: str, field: str, message: str) -> Refused:
    """422 about one field of the body."""
    return Refused(
        422,
        "Validation Failed",
        [{"resource": resource, "field": field, "code": "invalid", "message": message}],
    )


def there_already(resource: str, field: str) -> Refused:
    """422 because something of that name is there."""
    return Refused(
        422, "Validation Failed", [{"resource": resource, "field": field, "code": "already_exists"}]
    )


def missing_field(resource: str, field: str) -> Refused:
    """422 because the body lacks a field."""
    return Refused(
        422, "Validation Failed", [{"resource": resource, "field": field, "code": "missing_field"}]
    )


async def refusal(_request: Request, exception: Exception) -> Response:
    """Starlette's handler for `Refused`."""
    if not isinstance(exception, Refused):
        raise exception
    body: Document = {
        "message": exception.message,
        "documentation_url": DOCUMENTATION,
        "status": str(exception.status),
    }
    if exception.errors:
        body["errors"] = exception.errors
    return JSONResponse(body, status_code=exception.status, headers=exception.headers)


def answer_of(fault: Fault, _path: str) -> Response:
    """A fault in GitHub's words."""
    body = {"message": fault.message, "documentation_url": DOCUMENTATION, "status": str(fault.status)}
    return JSONResponse(body, status_code=fault.status, headers=fault.headers)


async def body_of(request: Request, *, may_be_empty: bool = False) -> Document:
    """The request's JSON object.

    Raises:
        Refused: 400 for text that is not JSON, 422 for JSON that is not an object.
    """
    raw = await request.body()
    if may_be_empty and not raw.strip():
        return {}
    try:
        content = json.loads(raw)
    except ValueError:
        raise Refused(400, "Problems parsing JSON") from None
    if may_be_empty and content is None:
        return {}
    if not isinstance(content, dict):
        raise Refused(422, "Invalid request.\n\nThe body is not an object.")
    return content


def listing(request: Request, *, key: str, rows: list[Document]) -> Response:
    """One page of a list as `{total_count, <key>: […]}` with GitHub's `Link` header."""
    shown, headers = _page(request, rows)
    return JSONResponse({"total_count": len(rows), key: shown}, headers=headers)


def rows_of(request: Request, rows: list[Document]) -> Response:
    """One page of a list that is an array, with GitHub's `Link` header."""
    shown, headers = _page(request, rows)
    return JSONResponse(shown, headers=headers)


def _page(request: Request, rows: list[Document]) -> tuple[list[Document], dict[str, str]]:
    per_page = min(max(number_of(request, "per_page", 30), 1), _MOST_PER_PAGE)
    page = max(number_of(request, "page", 1), 1)
    last = max(-(-len(rows) // per_page), 1)
    start = (page - 1) * per_page
    near = {"prev": page - 1, "next": page + 1, "last": last, "first": 1}
    if page <= 1:
        del near["prev"], near["first"]
    if page >= last:
        del near["next"], near["last"]
    headers = {}
    if near:
        headers["Link"] = ", ".join(
            f'<{request.url.include_query_params(per_page=per_page, page=number)}>; rel="{name}"'
            for name, number in near.items()
        )
    return rows[start : start + per_page], headers


def text_of(body: Document, resource: str, field: str) -> str:
    """A text that the body must have, or 422."""
    value = body.get(field)
    if value is None or value == "":
        raise missing_field(resource, field)
    if not isinstance(value, str):
        raise invalid(resource, field, f'"{field}" is not a string.')
    return value


def optional_text(body: Document, resource: str, field: str) -> str | None:
    """A text that the body may have, or 422."""
    value = body.get(field)
    if value is not None and not isinstance(value, str):
        raise invalid(resource, field, f'"{field}" is not a string.')
    return value


def node_id(kind: str, number: int | str) -> str:
    """GitHub's opaque global id."""
    return base64.b64encode(f"0{len(kind)}:{kind}{number}".encode()).decode()


def number_of(request: Request, name: str, default: int) -> int:
    """A number of the query; the default for what is none."""
    try:
        return int(request.query_params.get(name, default))
    except ValueError:
        return default
