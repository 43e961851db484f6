"""What somebody asks of the control endpoint, taken apart."""

import json
from collections.abc import Collection
from typing import Any

from starlette.requests import Request

Document = dict[str, Any]


class BadRequest(Exception):
    """The request cannot be understood; the text says why."""


async def body_of(request: Request, *, allowed: set[str], required: Collection[str] = ()) -> Document:
    """The request's JSON object; raises `BadRequest` for anything else, or other fields than these."""
    try:
        content = json.loads(await request.body())
    except ValueError:
        raise BadRequest("the body is not JSON") from None
    if not isinstance(content, dict):
        raise BadRequest("the body is not a JSON object")
    if unknown := sorted(set(content) - allowed):
        raise BadRequest(f"unknown: {', '.join(unknown)}; known: {', '.join(sorted(allowed))}")
    if missing := sorted(set(required) - set(content)):
        raise BadRequest(f"missing: {', '.join(missing)}")
    return content


def text(body: Document, name: str) -> str:
    """A text that is not empty."""
    if not isinstance(body[name], str) or not body[name]:
        raise BadRequest(f"{name} is a text")
    return str(body[name])


def texts(body: Document, name: str) -> dict[str, str]:
    """An object of texts, empty where there is none."""
    value = body.get(name, {})
    if not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
        raise BadRequest(f"{name} is an object of texts")
    return {str(k): v for k, v in value.items()}


def files(body: Document, name: str) -> dict[str, str | None]:
    """Texts by path, `None` for a file that goes; empty where there are none."""
    value = body.get(name, {})
    if not isinstance(value, dict) or not all(isinstance(v, str | None) for v in value.values()):
        raise BadRequest(f"{name} is an object of texts, or null for a file that goes")
    return {str(path): content for path, content in value.items()}
