"""Annotated tags (`/git/tags`), written into the real repository; a ref is what makes them a release's."""

from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.git.objects import KINDS, Objects, Tag
from sandbox.git.repository import GitError
from sandbox.github.access import actor_of
from sandbox.github.answers import Document, Refused, body_of, invalid, node_id, not_found, text_of
from sandbox.github.repositories import url_of
from sandbox.github.tables import repository_of, world_of

_UNSIGNED = {"verified": False, "reason": "unsigned", "signature": None, "payload": None, "verified_at": None}


async def _create(request: Request) -> Response:
    body = await body_of(request)
    name, message, target, kind = (
        text_of(body, "Tag", field) for field in ("tag", "message", "object", "type")
    )
    objects = Objects(repository_of(request))
    if kind not in KINDS:
        raise invalid("Tag", "type", '"type" must be one of commit, tree, blob.')
    if objects.kind(target) != kind:
        raise Refused(422, "Could not verify object")
    who, seconds = _tagger(request, body.get("tagger"))
    try:
        sha = objects.write_tag(
            name=name, message=message, target=target, kind=kind, tagger=who, seconds=seconds
        )
    except GitError:
        raise invalid("Tag", "tag", f"{name!r} is no name for a tag.") from None
    return JSONResponse(_shown(request, objects.tag(sha)), status_code=201)


async def _get(request: Request) -> Response:
    objects, sha = Objects(repository_of(request)), request.path_params["sha"]
    if objects.kind(sha) != "tag":
        raise not_found()
    return JSONResponse(_shown(request, objects.tag(sha)))


def _tagger(request: Request, given: Any) -> tuple[str, int]:
    """Name, address and time of the tagger; the caller's and now by default."""
    login = actor_of(request).login
    default = (f"{login} <{login}@users.noreply.sandbox.invalid>", int(world_of(request).now().timestamp()))
    if given is None:
        return default
    if not isinstance(given, dict):
        raise invalid("Tag", "tagger", '"tagger" is not an object.')
    name, email = text_of(given, "Tag", "name"), text_of(given, "Tag", "email")
    try:
        seconds = int(datetime.fromisoformat(given["date"]).timestamp()) if "date" in given else default[1]
    except (TypeError, ValueError):
        raise invalid("Tag", "date", '"date" is not a time.') from None
    return f"{name} <{email}>".translate({10: " ", 13: " "}), seconds


def _shown(request: Request, tag: Tag) -> Document:
    url = url_of(request)
    return {
        "node_id": node_id("Tag", tag.sha),
        "sha": tag.sha,
        "url": f"{url}/git/tags/{tag.sha}",
        "tag": tag.name,
        "message": tag.message,
        "tagger": {"name": tag.tagger.name, "email": tag.tagger.email, "date": tag.tagger.date},
        "object": {"type": tag.kind, "sha": tag.target, "url": f"{url}/git/{tag.kind}s/{tag.target}"},
        "verification": _UNSIGNED,
    }


ROUTES = [Route("/git/tags", _create, methods=["POST"]), Route("/git/tags/{sha}", _get)]
