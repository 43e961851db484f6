"""From an HTTP answer to a value or to the error it stands for. Bodies are never passed on whole (V6)."""

from http import HTTPStatus
from typing import Any

import httpx

from strata.github.errors import (
    Conflict,
    Forbidden,
    GithubError,
    Missing,
    OutcomeUnknown,
    RateLimited,
    ServerFault,
    Unauthorized,
)

_LONGEST = 200
_LIMIT = "rate limit"
_ACCEPTED = "x-accepted-github-permissions"


def value(response: httpx.Response, *, what: str, change: bool) -> Any:
    """The JSON value of an answer, `None` for an empty body.

    Args:
        response: the answer, read.
        what: method and path, for the message.
        change: whether something may have been changed.

    Raises:
        GithubError: the subclass that the answer stands for.
    """
    if not response.is_success:
        raise error(response, what=what, change=change)
    if not response.content.strip():
        return None
    try:
        return response.json()
    except ValueError:
        kind = OutcomeUnknown if change else ServerFault
        raise kind(
            f"GitHub's answer to {what} is not JSON (status {response.status_code})",
            next_step="check GITHUB_API_URL: something in front of GitHub may have answered",
        ) from None


def error(response: httpx.Response, *, what: str, change: bool) -> GithubError:
    """The error that a refusal stands for.

    Args:
        response: with a status of 400 or more.
        what: method and path.
        change: whether something may have been changed.
    """
    status = response.status_code
    said = _said(response)
    told = f"GitHub answered {status} to {what}" + (f": {said}" if said else "")
    if is_rate_limited(response):
        return _limited(response, told)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _fault(told, change=change)
    match status:
        case HTTPStatus.UNAUTHORIZED:
            return Unauthorized(told, next_step="use another token; this one is wrong or has expired")
        case HTTPStatus.FORBIDDEN:
            return _forbidden(response, told)
        case HTTPStatus.NOT_FOUND:
            return Missing(told, next_step="check the name, and that the token may see it")
    conflict = Conflict(told, next_step="read what GitHub says; what is there already is not changed")
    conflict.codes = tuple(_codes(response))
    return conflict


def is_rate_limited(response: httpx.Response) -> bool:
    """Whether a limit of requests refused it; GitHub uses 429 and 403 for that."""
    if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        return True
    if response.status_code != HTTPStatus.FORBIDDEN:
        return False
    used_up = response.headers.get("x-ratelimit-remaining") == "0" or "retry-after" in response.headers
    # The secondary limit may come without either header: only its message says so (docs.github.com, "Rate
    # limits for the REST API", read 2026-11-23).
    return used_up or _LIMIT in str(_body(response).get("message") or "").lower()


def _limited(response: httpx.Response, told: str) -> RateLimited:
    limited = RateLimited(told, next_step="wait until the limit starts anew (at most an hour), run it again")
    asked = response.headers.get("retry-after", "")
    limited.retry_after = float(asked) if asked.isdigit() else None
    return limited


def _fault(told: str, *, change: bool) -> GithubError:
    if change:
        return OutcomeUnknown(told, next_step="run it again: it looks first what was done")
    return ServerFault(told, next_step="look at https://www.githubstatus.com and run it again")


def _forbidden(response: httpx.Response, told: str) -> Forbidden:
    permissions = response.headers.get(_ACCEPTED, "")
    asked = f"one of: {permissions}" if permissions else "this"
    forbidden = Forbidden(
        told,
        next_step=f"give the token, the job (`permissions:`) or the GitHub App the permission for {asked}",
    )
    forbidden.permissions = permissions
    return forbidden


def _body(response: httpx.Response) -> dict[str, Any]:
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _said(response: httpx.Response) -> str:
    """GitHub's message and the fields it complains about, on one line and not for ever."""
    body = _body(response)
    parts = [str(body.get("message") or "")]
    parts += [str(one.get("message") or one.get("code") or "") for one in _errors(body)]
    return " ".join("; ".join(filter(None, parts)).split())[:_LONGEST]


def _codes(response: httpx.Response) -> list[str]:
    return [str(one["code"]) for one in _errors(_body(response)) if one.get("code")]


def _errors(body: dict[str, Any]) -> list[dict[str, Any]]:
    listed = body.get("errors")
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
