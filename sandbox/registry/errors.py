"""Errors in the form of the OCI distribution specification."""

from collections.abc import Mapping

from starlette.responses import JSONResponse, Response


def error(status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> Response:
    """One error.

    Args:
        status: of HTTP.
        code: the specification's, e.g. `MANIFEST_UNKNOWN`.
        message: for people.
        headers: added to the answer.
    """
    return JSONResponse({"errors": [{"code": code, "message": message}]}, status_code=status, headers=headers)
