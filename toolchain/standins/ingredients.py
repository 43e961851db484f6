"""Packages that a stand-in is made of, fetched with the machine's own settings and checked by hash."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from toolchain import archive, digest, process, uv
from toolchain.cache import Cache
from toolchain.errors import RefusedError, ToolchainError
from toolchain.layout import Layout
from toolchain.progress import Progress

# its own patience with a registry that is away is a minute and a half
_QUIETLY = ("--loglevel=error", "--ignore-scripts", "--fetch-retries=1", "--fetch-retry-mintimeout=1000")


class Ingredient(Protocol):
    """A package of a registry."""

    @property
    def key(self) -> str:
        """A key that changes with its contents."""

    def fetch(self, layout: Layout, *, progress: Progress) -> Path:
        """Return a folder with its files, from the user's cache if it is there.

        Args:
            layout: where the cache is.
            progress: shows what is waited for.

        Raises:
            ToolchainError: it cannot be had, or is not what it claims to be.
        """


@dataclass(frozen=True)
class Wheel:
    """A wheel of a Python package index.

    Attributes:
        hashes: its requirement with hashes, as pip reads it.
        keep: which files and folders of it are wanted.
    """

    hashes: Path
    keep: tuple[str, ...]

    @property
    def key(self) -> str:
        """A key that changes with its contents."""
        return digest.of_inputs(files=[self.hashes], words=self.keep)

    def fetch(self, layout: Layout, *, progress: Progress) -> Path:
        """Return a folder with its wanted files; see `Ingredient`."""
        cache = Cache(layout.cache, say=progress.say)
        program = uv.find(cache, progress=progress)

        def fill(folder: Path) -> None:
            whole = folder / "whole"
            process.run(
                [
                    *(
                        program,
                        "pip",
                        "install",
                        "--python",
                        uv.base_python(),
                        "--target",
                        whole,
                        "--no-deps",
                    ),
                    *("--require-hashes", "--only-binary", ":all:", "--link-mode", "copy", "-r", self.hashes),
                ],
                what=f"fetching what {self.hashes} lists",
                todo="check that the package index can be reached (a mirror: PIP_INDEX_URL)",
                env=uv.environment(),
            )
            for name in self.keep:
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (whole / name).rename(folder / name)
            shutil.rmtree(whole)

        return cache.make(f"standin-{self.hashes.parent.name}", key=self.key, fill=fill)


@dataclass(frozen=True)
class NpmArchive:
    """A package of an npm registry, without what it depends on and without its scripts.

    Attributes:
        name: with its scope.
        version: exact.
        sha512: of its archive, in hex (a registry writes the same in base64).
    """

    name: str
    version: str
    sha512: str

    @property
    def key(self) -> str:
        """A key that changes with its contents."""
        return self.sha512[:16]

    def fetch(self, layout: Layout, *, progress: Progress) -> Path:
        """Return a folder with its files; see `Ingredient`."""

        def fill(folder: Path) -> None:
            npm = _npm(layout)
            process.run(
                [npm, "pack", *_QUIETLY, f"{self.name}@{self.version}"],
                what=f"fetching {self.name} {self.version}",
                todo="check that npm's registry can be reached, or name another one in npm_config_registry",
                # npm is a script: it starts the node that comes first
                env={**os.environ, "PATH": f"{npm.parent}{os.pathsep}{os.environ.get('PATH', '')}"},
                cwd=folder,
            )
            (packed,) = folder.glob("*.tgz")
            actual = digest.of_file(packed, algorithm="sha512")
            if actual != self.sha512:
                raise RefusedError(
                    f"checksum mismatch, {self.name} {self.version} is not used: expected {self.sha512},"
                    f" received {actual}",
                    todo="ask who runs the npm registry that is used here: an archive never changes",
                )
            archive.unpack(packed, into=folder, where=f"{self.name} {self.version}")
            packed.unlink()

        cache = Cache(layout.cache, say=progress.say)
        return cache.make(f"standin-{self.name.rpartition('/')[2]}", key=self.key, fill=fill)


def _npm(layout: Layout) -> Path:
    found = layout.venv / "bin" / "npm"
    if not found.exists():
        raise ToolchainError(f"{found} is missing", todo="run `make toolchain` first")
    return found
