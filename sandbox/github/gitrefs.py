"""Refs (`/git/ref/{ref}`, `/git/matching-refs/{ref}`, `/git/refs`) of the real bare repository."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.git.objects import Objects
from sandbox.git.references import NotAhead, References, RefExists
from sandbox.git.repository import GitError
from sandbox.github import headgone
from sandbox.github.answers import Document, Refused, body_of, invalid, node_id, not_found, rows_of, text_of
from sandbox.github.repositories import url_of
from sandbox.github.tables import repository_of, world_of

_BRANCH = "refs/heads/"


async def _get(request: Request) -> Response:
    name = _name(request)
    sha = References(repository_of(request)).get(name)
    if sha is None:
        raise not_found()
    return JSONResponse(_shown(request, name, sha))


async def _matching(request: Request) -> Response:
    found = References(repository_of(request)).matching(_name(request))
    return rows_of(request, [_shown(request, name, sha) for name, sha in sorted(found.items())])


async def _create(request: Request) -> Response:
    body = await body_of(request)
    name, sha = text_of(body, "Reference", "ref"), text_of(body, "Reference", "sha")
    if not name.startswith("refs/") or name.count("/") < 2:  # noqa: PLR2004  # `refs/heads/x`
        raise Refused(422, "Reference name must start with 'refs/' and contain at least two slashes.")
    _check_object(request, sha)
    try:
        References(repository_of(request)).create(name, sha)
    except RefExists:
        raise Refused(422, "Reference already exists") from None
    except GitError:
        raise Refused(422, f"{name} is not a valid ref name.") from None
    return JSONResponse(_shown(request, name, sha), status_code=201)


async def _update(request: Request) -> Response:
    body = await body_of(request)
    name, sha = _name(request), text_of(body, "Reference", "sha")
    if not isinstance(body.get("force", False), bool):
        raise invalid("Reference", "force", '"force" is not a boolean.')
    references = References(repository_of(request))
    if references.get(name) is None:
        raise Refused(422, "Reference does not exist")
    _check_object(request, sha)
    try:
        references.update(name, sha, force=body.get("force", False))
    except NotAhead:
        raise Refused(422, "Update is not a fast forward") from None
    return JSONResponse(_shown(request, name, sha))


async def _delete(request: Request) -> Response:
    name = _name(request)
    try:
        References(repository_of(request)).delete(name)
    except GitError:
        raise Refused(422, "Reference does not exist") from None
    if name.startswith(_BRANCH):
        headgone.close_pulls(world_of(request), name.removeprefix(_BRANCH))
    return Response(status_code=204)


def _name(request: Request) -> str:
    return f"refs/{request.path_params['ref']}"


def _check_object(request: Request, sha: str) -> None:
    if Objects(repository_of(request)).kind(sha) is None:
        raise Refused(422, "Object does not exist")


def _shown(request: Request, name: str, sha: str) -> Document:
    kind = Objects(repository_of(request)).kind(sha) or "commit"
    return {
        "ref": name,
        "node_id": node_id("Ref", name),
        "url": f"{url_of(request)}/git/{name}",
        "object": {"type": kind, "sha": sha, "url": f"{url_of(request)}/git/{kind}s/{sha}"},
    }


ROUTES = [
    Route("/git/ref/{ref:path}", _get),
    Route("/git/matching-refs/{ref:path}", _matching),
    Route("/git/refs", _create, methods=["POST"]),
    Route("/git/refs/{ref:path}", _get),
    Route("/git/refs/{ref:path}", _update, methods=["PATCH"]),
    Route("/git/refs/{ref:path}", _delete, methods=["DELETE"]),
]
