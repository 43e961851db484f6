"""The errors Dokploy answers with, in the flat form of its REST adapter (measured 2026-11-22)."""

from collections.abc import Mapping, Sequence
from typing import Any

_STATUS = {
    "BAD_REQUEST": 400,
    "UNAUTHORIZED": 401,
    "FORBIDDEN": 403,
    "NOT_FOUND": 404,
    "PAYLOAD_TOO_LARGE": 413,
    "UNSUPPORTED_MEDIA_TYPE": 415,
    "INTERNAL_SERVER_ERROR": 500,
}


class ApiError(Exception):
    """An answer other than 200.

    ApiError
    ├── BadRequest
    │   └── InvalidInput     the schema's complaints, in zod's words
    ├── Unauthorized         a valid key that may not do this (a wrong key gets its answer elsewhere)
    ├── Forbidden
    ├── NotFound
    └── ServerError
    """

    code = "INTERNAL_SERVER_ERROR"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    @property
    def status(self) -> int:
        """The HTTP status."""
        return _STATUS[self.code]

    def body(self, path: str | None) -> dict[str, Any]:
        """The answer; `path` is the procedure, `None` when there is none of that name."""
        data: dict[str, Any] = {"code": self.code, "httpStatus": self.status}
        if path is not None:
            data["path"] = path
        data["zodError"] = None
        return {"message": self.message, "code": self.code, "data": data}


class BadRequest(ApiError):
    """400."""

    code = "BAD_REQUEST"


class InvalidInput(BadRequest):
    """400 with zod's issues.

    Args:
        issues: each with at least `path` and `message`.
    """

    def __init__(self, issues: Sequence[Mapping[str, Any]]) -> None:
        super().__init__("Input validation failed")
        self.issues = issues

    def body(self, path: str | None) -> dict[str, Any]:
        """The answer, with the messages grouped by top-level field beside the issues."""
        fields: dict[str, list[str]] = {}
        form: list[str] = []
        for issue in self.issues:
            messages = fields.setdefault(issue["path"][0], []) if issue["path"] else form
            messages.append(issue["message"])
        answer = super().body(path)
        answer["data"]["zodError"] = {"formErrors": form, "fieldErrors": fields}
        return {**answer, "issues": list(self.issues)}


class Unauthorized(ApiError):
    """401 with a code: the key is good, its holder may not do this."""

    code = "UNAUTHORIZED"


class Forbidden(ApiError):
    """403."""

    code = "FORBIDDEN"


class NotFound(ApiError):
    """404."""

    code = "NOT_FOUND"


class UnsupportedMediaType(ApiError):
    """415; the missing closing quote is the server's."""

    code = "UNSUPPORTED_MEDIA_TYPE"

    def __init__(self, content_type: str) -> None:
        super().__init__(f'Unsupported content-type "{content_type}')


class ServerError(ApiError):
    """500."""


def failed_insert(table: str, columns: Sequence[str], given: Mapping[str, Any]) -> str:
    """Drizzle's message for an insert that PostgreSQL refused: the statement and every value in it.

    The real server passes this on to the client, secrets included; clients have to cut it.
    """
    places = []
    params: list[str] = []
    for column in columns:
        if column in given:
            params.append(str(given[column]))
            places.append(f"${len(params)}")
        else:
            places.append("default")
    names = ", ".join(f'"{c}"' for c in columns)
    return (
        f'Failed query: insert into "{table}" ({names}) values ({", ".join(places)}) returning {names}'  # noqa: S608  # a message: there is no SQL database here
        f"\nparams: {','.join(params)}"
    )


def failed_update(
    table: str, columns: Sequence[str], changes: Mapping[str, Any], *, key: tuple[str, str]
) -> str:
    """Drizzle's message for an update that PostgreSQL refused."""
    sets = ", ".join(f'"{name}" = ${place}' for place, name in enumerate(changes, start=1))
    names = ", ".join(f'"{c}"' for c in columns)
    return (
        f'Failed query: update "{table}" set {sets} where "{table}"."{key[0]}" = ${len(changes) + 1}'  # noqa: S608  # as above
        f" returning {names}\nparams: {','.join(str(v) for v in (*changes.values(), key[1]))}"
    )
