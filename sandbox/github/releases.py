"""Releases (`/releases`): a tag with words to it; publishing makes the tag where there is none."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.git.references import References
from sandbox.git.repository import GitError, Repository
from sandbox.github.access import actor_of
from sandbox.github.accounts import person
from sandbox.github.answers import (
    Document,
    Refused,
    body_of,
    invalid,
    node_id,
    not_found,
    optional_text,
    rows_of,
    text_of,
    there_already,
)
from sandbox.github.repositories import page_of, url_of
from sandbox.github.tables import new_id, repository_of, table, timestamp, world_of
from sandbox.world import World

_FLAGS = ("draft", "prerelease")


def publish(
    world: World,
    *,
    tag: str,
    target: str = "main",
    author: str,
    name: str | None = None,
    body: str | None = None,
    draft: bool = False,
    prerelease: bool = False,
) -> Document:
    """Keep a release, and tag its target where the tag is not there.

    Raises:
        GitError: no such target, or a name that git does not take.
    """
    if not draft:
        _tag(Repository(world), tag, target)
    at = timestamp(world)
    document: Document = {
        "id": new_id(world),
        "tag_name": tag,
        "target_commitish": target,
        "name": name,
        "body": body,
        "draft": draft,
        "prerelease": prerelease,
        "author": author,
        "created_at": at,
        "updated_at": at,
        "published_at": None if draft else at,
    }
    world.store.table("github.release").put(str(document["id"]), document)
    return document


async def _list(request: Request) -> Response:
    rows = reversed(table(request, "release").where())
    return rows_of(
        request, [_shown(request, row) for row in rows if not row["draft"] or _sees_drafts(request)]
    )


async def _get(request: Request) -> Response:
    return JSONResponse(_shown(request, _existing(request)))


async def _by_tag(request: Request) -> Response:
    found = table(request, "release").where(tag_name=request.path_params["tag"], draft=False)
    if not found:
        raise not_found()
    return JSONResponse(_shown(request, found[0]))


async def _latest(request: Request) -> Response:
    found = table(request, "release").where(draft=False, prerelease=False)
    if not found:
        raise not_found()
    return JSONResponse(_shown(request, max(found, key=lambda row: (row["created_at"], row["id"]))))


async def _create(request: Request) -> Response:
    body = await body_of(request)
    tag = text_of(body, "Release", "tag_name")
    if table(request, "release").where(tag_name=tag, draft=False):
        raise there_already("Release", "tag_name")
    try:
        made = publish(
            world_of(request),
            tag=tag,
            target=optional_text(body, "Release", "target_commitish") or "main",
            author=actor_of(request).login,
            name=optional_text(body, "Release", "name"),
            body=optional_text(body, "Release", "body"),
            **_flags(body),
        )
    except GitError:
        raise invalid("Release", "target_commitish", "target_commitish or tag_name is invalid") from None
    return JSONResponse(_shown(request, made), status_code=201)


async def _update(request: Request) -> Response:
    before = _existing(request)
    body = await body_of(request)
    changes: dict[str, Any] = {
        name: optional_text(body, "Release", name)
        for name in ("name", "body", "tag_name", "target_commitish")
        if name in body
    }
    changes |= {flag: value for flag, value in _flags(body).items() if flag in body}
    after = {**before, **changes, "updated_at": timestamp(world_of(request))}
    if before["draft"] and not after["draft"]:
        try:
            _tag(repository_of(request), after["tag_name"], after["target_commitish"])
        except GitError:
            raise invalid("Release", "target_commitish", "target_commitish or tag_name is invalid") from None
        after["published_at"] = timestamp(world_of(request))
    table(request, "release").put(str(before["id"]), after)
    return JSONResponse(_shown(request, after))


async def _delete(request: Request) -> Response:
    table(request, "release").delete(str(_existing(request)["id"]))
    return Response(status_code=204)


def _tag(git: Repository, tag: str, target: str) -> None:
    references = References(git)
    if references.get(f"refs/tags/{tag}") is None:
        sha = references.commit_of(target)
        if sha is None:
            raise GitError(f"there is no {target}")
        references.create(f"refs/tags/{tag}", sha)


def _sees_drafts(request: Request) -> bool:
    return actor_of(request).may("contents", "write")


def _existing(request: Request) -> Document:
    found = table(request, "release").get(str(request.path_params["release"]))
    if found is None or (found["draft"] and not _sees_drafts(request)):
        raise not_found()
    return found


def _flags(body: Document) -> dict[str, bool]:
    for flag in _FLAGS:
        if not isinstance(body.get(flag, False), bool):
            raise Refused(422, f"Invalid request.\n\nFor 'properties/{flag}', the value is not a boolean.")
    return {flag: body.get(flag, False) for flag in _FLAGS}


def _shown(request: Request, release: Document) -> Document:
    number, tag = release["id"], release["tag_name"]
    url = f"{url_of(request)}/releases/{number}"
    return {
        **release,
        "node_id": node_id("Release", number),
        "author": person(request, release["author"]),
        "url": url,
        "html_url": f"{page_of(request)}/releases/tag/{tag}",
        "assets_url": f"{url}/assets",
        "upload_url": f"{url}/assets{{?name,label}}",
        "tarball_url": f"{url_of(request)}/tarball/{tag}",
        "zipball_url": f"{url_of(request)}/zipball/{tag}",
        "assets": [],
    }


ROUTES = [
    Route("/releases", _list),
    Route("/releases", _create, methods=["POST"]),
    Route("/releases/latest", _latest),
    Route("/releases/tags/{tag:path}", _by_tag),
    Route("/releases/{release:int}", _get),
    Route("/releases/{release:int}", _update, methods=["PATCH"]),
    Route("/releases/{release:int}", _delete, methods=["DELETE"]),
]
