"""Blobs that were pushed, as files: layers of real images are too big for documents in a database."""

import hashlib
import re
import secrets
from collections.abc import AsyncIterator
from pathlib import Path

_DIGEST = re.compile(r"sha256:([0-9a-f]{64})")
_UPLOAD = re.compile(r"[0-9a-f]{32}")


class UnfitBlob(ValueError):
    """What was sent is not what its digest says; the text is the registry's answer."""


class BlobFiles:
    """One file a blob, named after its digest; a reset leaves them: the same content has the same name.

    Args:
        place: the folder; made at the first upload.
    """

    def __init__(self, place: Path) -> None:
        self._blobs = place / "blobs"
        self._uploads = place / "uploads"

    def find(self, digest: str) -> Path | None:
        """Where a blob lies, `None` when it was never pushed."""
        match = _DIGEST.fullmatch(digest)
        path = self._blobs / match[1] if match else None
        return path if path is not None and path.is_file() else None

    def begin(self) -> str:
        """Open an upload and return its id."""
        self._uploads.mkdir(parents=True, exist_ok=True)
        self._blobs.mkdir(parents=True, exist_ok=True)
        upload = secrets.token_hex(16)
        (self._uploads / upload).touch()
        return upload

    def size(self, upload: str) -> int | None:
        """How many bytes of an upload have come, `None` when it is unknown."""
        path = self._upload(upload)
        return path.stat().st_size if path else None

    async def append(self, upload: str, chunks: AsyncIterator[bytes]) -> int:
        """Take more of an upload, as it comes.

        Args:
            upload: its id.
            chunks: the request's body.

        Returns:
            The upload's size, in bytes.
        """
        path = self._uploads / upload
        with path.open("ab") as file:
            async for chunk in chunks:
                file.write(chunk)
        return path.stat().st_size

    def finish(self, upload: str, digest: str) -> None:
        """Make an upload a blob.

        Raises:
            UnfitBlob: the content has another digest; the upload is gone.
        """
        path = self._uploads / upload
        match = _DIGEST.fullmatch(digest)
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if match is None or match[1] != found:
            path.unlink()
            raise UnfitBlob("provided digest did not match uploaded content")
        path.replace(self._blobs / found)

    def _upload(self, upload: str) -> Path | None:
        path = self._uploads / upload
        return path if _UPLOAD.fullmatch(upload) and path.is_file() else None
