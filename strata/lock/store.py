"""The place of the state as a few small objects: list, read, make what was not there, remove."""

import os
import tempfile
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from strata.lock.errors import NoLocks, StoreFailed

_CLOUD = ("http", "https")


class Store(Protocol):
    """Objects by name; a name is a path with slashes, below the backend's own root."""

    def names(self, folder: str) -> list[str]:
        """The names directly in a folder, sorted; empty if there is none."""

    def read(self, name: str) -> bytes | None:
        """What it holds, `None` if it is not there."""

    def create(self, name: str, content: bytes) -> bool:
        """Make it, unless there is one: then `False`. Of several at once one makes it."""

    def remove(self, name: str) -> None:
        """Remove it; one that is gone is as good as removed."""


class Files:
    """A `file://` backend.

    Args:
        root: its folder.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def place(self, name: str) -> Path:
        """Where an object lies."""
        return self._root / name

    def names(self, folder: str) -> list[str]:
        """As `Store.names`."""
        place = self.place(folder)
        return sorted(file.name for file in place.iterdir()) if place.is_dir() else []

    def read(self, name: str) -> bytes | None:
        """As `Store.read`."""
        try:
            return self.place(name).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._failed(name, error) from None

    def create(self, name: str, content: bytes) -> bool:
        """As `Store.create`: written under another name first, so that nobody reads half of it."""
        place = self.place(name)
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self._root) as draft:
                draft.write(content)
                draft.flush()
                os.link(draft.name, place)
        except FileExistsError:
            return False
        except OSError as error:
            raise self._failed(name, error) from None
        return True

    def remove(self, name: str) -> None:
        """As `Store.remove`, with the file of attributes that the engine puts beside its own."""
        try:
            for file in (name, f"{name}.attrs"):
                self.place(file).unlink(missing_ok=True)
        except OSError as error:
            raise self._failed(name, error) from None

    def _failed(self, name: str, error: OSError) -> StoreFailed:
        return StoreFailed(
            f"{self.place(name)}: {error.strerror or type(error).__name__}",
            next_step="check that the folder of PULUMI_BACKEND_URL is there and yours to write",
        )


def open_store(url: str, *, folder: Path) -> Store | None:
    """The objects beside a backend's state.

    Args:
        url: as PULUMI_BACKEND_URL has it.
        folder: what a relative `file://` path starts from, where `pulumi` is run.

    Returns:
        `None` for Pulumi Cloud, which leases a stack to one run itself.

    Raises:
        NoLocks: markers cannot be kept there.
    """
    parts = urlsplit(url)
    match parts.scheme:
        case "file":
            return Files(folder / Path(unquote(parts.netloc + parts.path)).expanduser())
        case "s3":
            from strata.lock.s3 import Bucket

            return Bucket.parse(
                bucket=parts.netloc,
                path=parts.path,
                options={name: values[-1] for name, values in parse_qs(parts.query).items()},
            )
        case scheme if scheme in _CLOUD:
            return None
    raise NoLocks(
        f"a state at {parts.scheme or 'no address'}:// cannot be guarded by a marker",
        next_step="use file:// or s3:// as PULUMI_BACKEND_URL, or Pulumi Cloud, which leases stacks itself",
    )
