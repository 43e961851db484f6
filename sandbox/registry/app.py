"""The registry's HTTP face: the OCI distribution specification without deleting, for those who log in."""

import base64
import binascii
import hmac
import secrets

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from sandbox.http import Watched
from sandbox.registry.blobs import BlobFiles
from sandbox.registry.errors import error
from sandbox.registry.push import Pushing
from sandbox.registry.store import RegistryStore
from sandbox.world import World

_SERVICE = "strata-sandbox"
_VERSION = {"Docker-Distribution-Api-Version": "registry/2.0"}
_READ = ["GET", "HEAD"]
_WRITE = ["POST", "PUT", "PATCH", "DELETE"]


def create_app(world: World, *, password: str) -> ASGIApp:
    """The registry as an ASGI app, to be served over TLS.

    A client shows its credentials at once (Basic) or fetches a token from `/token` with them (Bearer).
    Tokens live as long as the app. Who knows the password may push, whatever name is given with it: like
    GHCR, which looks at the token only.

    Args:
        world: whose images; pushed blobs lie in its `registry` folder.
        password: the users'.
    """
    app = Starlette(routes=_Registry(world, password=password).routes())
    return Watched(
        app, world=world, part="registry", answer=lambda f, _: error(f.status, "UNKNOWN", f.message)
    )


class _Registry:
    def __init__(self, world: World, *, password: str) -> None:
        self._store = RegistryStore(world)
        self._blobs = BlobFiles(world.root / "registry")
        self._blobs.forget_uploads()
        self._password = password
        self._tokens: set[str] = set()

    def routes(self) -> list[Route]:
        return [
            Route("/token", self.token, methods=["GET"]),
            Route("/v2/", self.version, methods=_READ),
            *Pushing(self._store, self._blobs, self._challenge).routes(),
            Route("/v2/{name:path}/manifests/{reference}", self.manifest, methods=_READ),
            Route("/v2/{name:path}/blobs/{digest}", self.blob, methods=_READ),
            Route("/v2/{name:path}/tags/list", self.tags, methods=["GET"]),
            Route("/v2/{rest:path}", self.refuse, methods=_WRITE),
        ]

    async def token(self, request: Request) -> Response:
        """A token for the registry's user, as `docker login` and its like ask for it."""
        if not self._is_user(request):
            return error(
                401,
                "UNAUTHORIZED",
                "authentication required",
                {"WWW-Authenticate": f'Basic realm="{_SERVICE}"'},
            )
        token = secrets.token_urlsafe(24)
        self._tokens.add(token)
        return JSONResponse({"token": token, "access_token": token, "expires_in": 300})

    async def version(self, request: Request) -> Response:
        """Says that this is a registry, to those who may know."""
        return self._challenge(request) or JSONResponse({}, headers=_VERSION)

    async def manifest(self, request: Request) -> Response:
        """A manifest by tag or digest, in the one form that it is stored in."""
        name, reference = request.path_params["name"], request.path_params["reference"]
        if challenge := self._challenge(request, name):
            return challenge
        found = self._store.manifest(name, reference)
        if found is None:
            return error(404, "MANIFEST_UNKNOWN", "manifest unknown")
        digest, body, media_type = found
        if not _accepts(request, media_type):
            kind = "OCI" if ".oci." in media_type else "Docker"
            return error(
                404,
                "MANIFEST_UNKNOWN",
                f"{kind} manifest found, but accept header does not support {kind} manifests",
            )
        return Response(
            body, media_type=media_type, headers={"Docker-Content-Digest": digest, "ETag": f'"{digest}"'}
        )

    async def blob(self, request: Request) -> Response:
        """A config or a layer."""
        if challenge := self._challenge(request, request.path_params["name"]):
            return challenge
        digest = request.path_params["digest"]
        headers = {"Docker-Content-Digest": digest}
        if file := self._blobs.find(digest):
            return FileResponse(file, media_type="application/octet-stream", headers=headers)
        body = self._store.blob(digest)
        if body is None:
            return error(404, "BLOB_UNKNOWN", "blob unknown to registry")
        return Response(body, media_type="application/octet-stream", headers=headers)

    async def tags(self, request: Request) -> Response:
        """A repository's tags."""
        name = request.path_params["name"]
        if challenge := self._challenge(request, name):
            return challenge
        tags = self._store.tags(name)
        if not tags:
            return error(404, "NAME_UNKNOWN", "repository name not known to registry")
        return JSONResponse({"name": name, "tags": tags})

    async def refuse(self, request: Request) -> Response:
        """Nothing is deleted here: tags are taken away through the control endpoint."""
        return self._challenge(request) or error(403, "DENIED", "requested access to the resource is denied")

    def _challenge(self, request: Request, name: str | None = None) -> Response | None:
        """The 401 that tells where to get a token; `None` for those who have one."""
        scheme, _, value = request.headers.get("authorization", "").partition(" ")
        if (scheme.lower() == "bearer" and value in self._tokens) or self._is_user(request):
            return None
        realm = f'Bearer realm="{request.url.scheme}://{request.url.netloc}/token",service="{_SERVICE}"'
        access = "pull" if request.method in _READ else "pull,push"
        scope = f',scope="repository:{name}:{access}"' if name else ""
        # Without the version Docker takes the refusal for that of something else, tries plain HTTP and tells
        # of that (Engine 20.10, 2026-11-23).
        headers = {"WWW-Authenticate": realm + scope, **_VERSION}
        return error(401, "UNAUTHORIZED", "authentication required", headers)

    def _is_user(self, request: Request) -> bool:
        scheme, _, value = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return False
        try:
            given = base64.b64decode(value, validate=True)
        except binascii.Error:
            return False
        username, _, password = given.partition(b":")
        return bool(username) and hmac.compare_digest(password, self._password.encode())


def _accepts(request: Request, media_type: str) -> bool:
    accepted = {
        part.split(";")[0].strip() for line in request.headers.getlist("accept") for part in line.split(",")
    }
    return not accepted or not accepted.isdisjoint({"*/*", "application/*", media_type})
