"""Smart HTTP over the bare repositories, for reading: `git clone http://…/<owner>/<repository>.git`."""

import asyncio
import gzip
import zlib
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from sandbox.folder import Folder
from sandbox.git.repository import environment
from sandbox.http import Watched
from sandbox.world import World

_SERVICE = "git-upload-pack"
_NO_CACHE = {"Cache-Control": "no-cache, max-age=0, must-revalidate"}


def create_app(world: World) -> ASGIApp:
    """The repositories below the sandbox's `git/` as an ASGI app; pushing is refused.

    Args:
        world: whose repositories.
    """
    served = _Served(Folder(world.root).git)
    routes = [
        Route("/{owner}/{repository}/info/refs", served.advertise, methods=["GET"]),
        Route(f"/{{owner}}/{{repository}}/{_SERVICE}", served.upload, methods=["POST"]),
        Route("/{owner}/{repository}/git-receive-pack", served.refuse, methods=["POST"]),
    ]
    return Watched(Starlette(routes=routes), world=world, part="git")


class _Served:
    def __init__(self, root: Path) -> None:
        self._root = root

    async def advertise(self, request: Request) -> Response:
        """What a client may ask for; the first request of a clone."""
        service = request.query_params.get("service")
        path = self._find(request)
        if path is None:
            return _missing()
        if service != _SERVICE:
            return _forbidden("only fetching over smart HTTP is served here")
        content = await _upload_pack(path, request, "--http-backend-info-refs", given=b"")
        if request.headers.get("git-protocol", "") != "version=2":
            content = _packet(f"# service={_SERVICE}\n") + b"0000" + content
        return Response(content, media_type=f"application/x-{_SERVICE}-advertisement", headers=_NO_CACHE)

    async def upload(self, request: Request) -> Response:
        """What the client wants and has, answered with a pack."""
        path = self._find(request)
        if path is None:
            return _missing()
        body = await request.body()
        if request.headers.get("content-encoding") == "gzip":
            try:
                body = gzip.decompress(body)
            except (OSError, EOFError, zlib.error):
                return PlainTextResponse("the body is not gzip\n", status_code=400)
        content = await _upload_pack(path, request, given=body)
        return Response(content, media_type=f"application/x-{_SERVICE}-result", headers=_NO_CACHE)

    async def refuse(self, _request: Request) -> Response:
        """Commits and tags come through the control endpoint."""
        return _forbidden("nothing is pushed to the sandbox's repository: use its control endpoint")

    def _find(self, request: Request) -> Path | None:
        owner, name = request.path_params["owner"], request.path_params["repository"]
        known = {p.name: p for p in self._root.iterdir()} if self._root.is_dir() else {}
        folder = known.get(owner)
        repositories = {p.name: p for p in folder.iterdir()} if folder and folder.is_dir() else {}
        return repositories.get(name) or repositories.get(f"{name}.git")


async def _upload_pack(path: Path, request: Request, *flags: str, given: bytes) -> bytes:
    protocol = request.headers.get("git-protocol")
    process = await asyncio.create_subprocess_exec(
        "git",
        "-c",
        "uploadpack.allowAnySHA1InWant=true",  # as GitHub: a pull request's commit is fetched by its name
        "upload-pack",
        "--stateless-rpc",
        *flags,
        str(path),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={**environment(path), **({"GIT_PROTOCOL": protocol} if protocol else {})},
    )
    content, _ = await process.communicate(given)
    return content


def _packet(line: str) -> bytes:
    return f"{len(line) + 4:04x}{line}".encode()


def _missing() -> Response:
    return PlainTextResponse("Repository not found.\n", status_code=404)


def _forbidden(why: str) -> Response:
    return PlainTextResponse(f"{why}\n", status_code=403)
