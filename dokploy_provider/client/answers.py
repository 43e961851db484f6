"""From an HTTP answer to a value or to the error it stands for.

Measured on Dokploy 0.30.2 (2026-11-22): 401 is overloaded. Without a `code` it concerns the key (wrong,
expired, deleted, or over its request limit); with the message `UNAUTHORIZED` the limit was hit between the
two checks of one request; with any other message the key is right and may not do this. A missing object is a
404 that names the procedure as its `path`; a missing procedure, or a proxy in front, answers 404 without one,
and that must never be taken for a missing object.
"""

import json
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any, NoReturn

import httpx

from dokploy_provider.client import scrub
from dokploy_provider.errors import (
    ApiError,
    Forbidden,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    ServerFault,
    Unauthorized,
)

LIMIT_REMEDY = (
    "A key made by script allows 5 requests a day unless it was made with `rateLimitEnabled: false`; "
    "one made in Dokploy's profile page has no limit. Next: set DOKPLOY_API_KEY to a valid key; "
    "`strata doctor` checks it."
)


def _strict(constant: str) -> NoReturn:
    raise ValueError(constant)


def value(
    response: httpx.Response, *, procedure: str, mutation: bool, hidden: Iterable[str], key_worked: bool
) -> Any:
    """The JSON value of an answer, `None` for an empty body.

    Args:
        response: the answer, read.
        procedure: what was asked.
        mutation: whether a lost answer may have changed something.
        hidden: values to mask in messages.
        key_worked: whether this key has been accepted before in this process.

    Raises:
        ApiError: the subclass that the answer stands for.
    """
    if not response.is_success:
        raise _error(response, procedure=procedure, mutation=mutation, hidden=hidden, key_worked=key_worked)
    if not response.content.strip():
        return None
    try:
        return json.loads(response.content, parse_constant=_strict)
    except ValueError:
        kind = OutcomeUnknown if mutation else ServerFault
        raise kind(
            f"{procedure}: the answer is not JSON (status {response.status_code}). Is DOKPLOY_URL Dokploy's "
            "own address and not that of something in front of it?",
            procedure=procedure,
            status=response.status_code,
        ) from None


def _error(
    response: httpx.Response, *, procedure: str, mutation: bool, hidden: Iterable[str], key_worked: bool
) -> ApiError:
    status, (text, code, path) = response.status_code, _said(response)
    shown = scrub.message(text, hidden)
    said = f"{procedure}: {status} {code or ''}".rstrip() + (f": {shown}" if shown else "")
    kind: type[ApiError] = Rejected
    if status == HTTPStatus.UNAUTHORIZED and (code is None or text == "UNAUTHORIZED"):
        if key_worked or code is not None:
            kind = RateLimited
            said = (
                f"{procedure}: the key worked before and is refused now: its request limit is used up, or it "
                f"was revoked. {LIMIT_REMEDY}"
            )
        else:
            kind = Unauthorized
            said = (
                f"{procedure}: Dokploy does not accept DOKPLOY_API_KEY: it is wrong, expired or deleted, or "
                f"its limit is used up. {LIMIT_REMEDY}"
            )
    elif status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        kind = Forbidden
        said += ". The key is valid; its user or organization may not do this."
    elif status == HTTPStatus.NOT_FOUND and path == procedure:
        kind = NotFound
    elif status == HTTPStatus.NOT_FOUND:
        said = (
            f"{procedure}: nothing answers to that name (404). Is DOKPLOY_URL Dokploy's own address, and is "
            "its version one that has this procedure?"
        )
    elif status == HTTPStatus.TOO_MANY_REQUESTS:
        kind = RateLimited
    elif status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        said = f"{procedure}: over Dokploy's limit of 1 MB. Make the compose file or the env text smaller."
    elif status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        kind = OutcomeUnknown if mutation else ServerFault
    return kind(said, procedure=procedure, status=status, retry_after=_retry_after(response))


def _said(response: httpx.Response) -> tuple[str, str | None, str | None]:
    """Message, code and procedure of an error body; of a validation error also the fields' complaints."""
    try:
        body = json.loads(response.content)
    except ValueError:
        return "", None, None
    if not isinstance(body, dict):
        return "", None, None
    text, code, data = str(body.get("message") or ""), body.get("code"), body.get("data")
    issues = body.get("issues")
    for issue in issues if isinstance(issues, list) else []:
        if isinstance(issue, dict) and isinstance(issue.get("path"), list):
            text += f"; {'.'.join(map(str, issue['path']))}: {issue.get('message', '')}"
    path = data.get("path") if isinstance(data, dict) else None
    return text, code if isinstance(code, str) else None, path if isinstance(path, str) else None


def _retry_after(response: httpx.Response) -> float | None:
    """Seconds from `Retry-After`; its date form is not worth a clock comparison and counts as absent."""
    text = response.headers.get("retry-after", "")
    return float(text) if text.isdigit() else None
