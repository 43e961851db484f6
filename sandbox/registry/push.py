"""The registry's write side, as far as `docker push` uses it: blobs whole or in chunks, mounts, manifests."""

from collections.abc import Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.registry.blobs import BlobFiles, UnfitBlob
from sandbox.registry.errors import error
from sandbox.registry.manifests import INDEX_TYPES, Manifest, UnfitManifest, check_config
from sandbox.registry.store import RegistryStore

Challenge = Callable[[Request, str], Response | None]
_UPLOADS = "/v2/{name:path}/blobs/uploads/"


class Pushing:
    """The routes.

    Args:
        store: where manifests go.
        blobs: where layers and configs go.
        challenge: the refusal of those who may not push; `None` for those who may.
    """

    def __init__(self, store: RegistryStore, blobs: BlobFiles, challenge: Challenge) -> None:
        self._store = store
        self._blobs = blobs
        self._challenge = challenge

    def routes(self) -> list[Route]:
        """To stand before the routes that read."""
        return [
            Route(_UPLOADS, self.begin, methods=["POST"]),
            Route(_UPLOADS + "{upload}", self.progress, methods=["GET"]),
            Route(_UPLOADS + "{upload}", self.append, methods=["PATCH"]),
            Route(_UPLOADS + "{upload}", self.finish, methods=["PUT"]),
            Route("/v2/{name:path}/manifests/{reference}", self.manifest, methods=["PUT"]),
        ]

    async def begin(self, request: Request) -> Response:
        """Open an upload; a blob that another repository has, or a whole body, makes one needless."""
        name = request.path_params["name"]
        if refusal := self._challenge(request, name):
            return refusal
        mounted = request.query_params.get("mount", "")
        if self._store.blob(mounted) is not None or self._blobs.find(mounted):
            return _created(f"/v2/{name}/blobs/{mounted}", mounted)
        upload = self._blobs.begin()
        if digest := request.query_params.get("digest"):
            return await self._complete(request, name, upload, digest)
        return _accepted(name, upload, 0)

    async def progress(self, request: Request) -> Response:
        """How far an upload is."""
        name, upload = request.path_params["name"], request.path_params["upload"]
        size = self._blobs.size(upload)
        refusal = self._challenge(request, name) or (_unknown() if size is None else None)
        return refusal or _accepted(name, upload, size or 0, status=204)

    async def append(self, request: Request) -> Response:
        """A chunk, in the order of the content."""
        name, upload = request.path_params["name"], request.path_params["upload"]
        if refusal := self._challenge(request, name):
            return refusal
        size = self._blobs.size(upload)
        if size is None:
            return _unknown()
        start = request.headers.get("content-range", "").partition("-")[0]
        if start.isdecimal() and int(start) != size:
            return _accepted(name, upload, size, status=416)
        return _accepted(name, upload, await self._blobs.append(upload, request.stream()))

    async def finish(self, request: Request) -> Response:
        """The last chunk, which may be empty, and the digest."""
        name, upload = request.path_params["name"], request.path_params["upload"]
        if refusal := self._challenge(request, name):
            return refusal
        if self._blobs.size(upload) is None:
            return _unknown()
        return await self._complete(request, name, upload, request.query_params.get("digest", ""))

    async def manifest(self, request: Request) -> Response:
        """An image or an index of images: its parts have to be here already."""
        name, reference = request.path_params["name"], request.path_params["reference"]
        if refusal := self._challenge(request, name):
            return refusal
        body = await request.body()
        media_type = request.headers.get("content-type", "").partition(";")[0].strip()
        try:
            found = Manifest.parse(body, media_type)
            missing = [part for part in found.parts if not self._has(name, part, media_type)]
            if missing:
                return error(404, "MANIFEST_BLOB_UNKNOWN", f"blob unknown to registry: {', '.join(missing)}")
            config = self._config(found.config) if found.config else None
        except UnfitManifest as unfit:
            return error(400, "MANIFEST_INVALID", str(unfit))
        digest = self._store.keep(name, reference, body=body, media_type=media_type, config=config)
        if digest is None:
            return error(400, "DIGEST_INVALID", "provided digest did not match uploaded content")
        return _created(f"/v2/{name}/manifests/{digest}", digest)

    def _has(self, repository: str, part: str, media_type: str) -> bool:
        if media_type in INDEX_TYPES:
            return self._store.manifest(repository, part) is not None
        return self._store.blob(part) is not None or self._blobs.find(part) is not None

    def _config(self, digest: str) -> bytes:
        """An image config. Raises `UnfitManifest` for what is none."""
        path = self._blobs.find(digest)
        content = self._store.blob(digest) or (path.read_bytes() if path else b"")
        check_config(content)
        return content

    async def _complete(self, request: Request, name: str, upload: str, digest: str) -> Response:
        await self._blobs.append(upload, request.stream())
        try:
            await self._blobs.finish(upload, digest)
        except UnfitBlob as unfit:
            return error(400, "DIGEST_INVALID", str(unfit))
        return _created(f"/v2/{name}/blobs/{digest}", digest)


def _accepted(name: str, upload: str, size: int, *, status: int = 202) -> Response:
    headers = {
        "Location": f"/v2/{name}/blobs/uploads/{upload}",
        "Range": f"0-{max(size - 1, 0)}",
        "Docker-Upload-UUID": upload,
    }
    return Response(status_code=status, headers=headers)


def _created(location: str, digest: str) -> Response:
    headers: Mapping[str, Any] = {"Location": location, "Docker-Content-Digest": digest}
    return Response(status_code=201, headers=headers)


def _unknown() -> Response:
    return error(404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry")
