"""Blobs that were pushed, as files: layers of real images are too big for documents in a database."""

import asyncio
import hashlib
import re
import secrets
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

_DIGEST = re.compile(r"sha256:([0-9a-f]{64})")
_UPLOAD = re.compile(r"[0-9a-f]{32}")


class UnfitBlob(ValueError):
    """What was sent is not what its digest says; the text is the registry's answer."""


class BlobFiles:
    """One file a blob, named after its digest; a reset leaves them: the same content has the same name.

    Files are written and read in threads: layers are big, and the event loop is the whole sandbox's.

    Args:
        place: the folder; made at the first upload.
    """

    def __init__(self, place: Path) -> None:
        self._blobs = place / "blobs"
        self._uploads = place / "uploads"

    def forget_uploads(self) -> None:
        """Remove what clients have begun and never finished; nothing goes on after a start."""
        shutil.rmtree(self._uploads, ignore_errors=True)

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
                await asyncio.to_thread(file.write, chunk)
        return path.stat().st_size

    async def finish(self, upload: str, digest: str) -> None:
        """Make an upload a blob.

        Raises:
            UnfitBlob: the content has another digest; the upload is gone.
        """
        path = self._uploads / upload
        match = _DIGEST.fullmatch(digest)
        found = await asyncio.to_thread(_sha256, path)
        if match is None or match[1] != found:
            path.unlink()
            raise UnfitBlob("provided digest did not match uploaded content")
        path.replace(self._blobs / found)

    def _upload(self, upload: str) -> Path | None:
        path = self._uploads / upload
        return path if _UPLOAD.fullmatch(upload) and path.is_file() else None


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
