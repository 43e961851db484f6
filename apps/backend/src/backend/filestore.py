from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Protocol


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A file that is being read.

    Attributes:
        size: in bytes.
        chunks: its content.
    """

    size: int
    chunks: Iterator[bytes]


class FileStore(Protocol):
    """Keeps files by keys. Each method raises `Unavailable` when it cannot be reached."""

    def ping(self) -> None:
        """Return when the bucket is there and lets us in."""

    def put(self, key: str, content: IO[bytes], *, content_type: str) -> None:
        """Keep a file, read from where `content` stands."""

    def open(self, key: str) -> Opened:
        """Read a file; raises `NotFound`."""

    def delete(self, key: str) -> None:
        """Keep it no more."""
