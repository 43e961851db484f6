import os
from collections.abc import Callable, Iterable
from enum import StrEnum
from pathlib import Path

from toolchain.cache import Cache
from toolchain.errors import ToolchainError, UnavailableError
from toolchain.golang import GoPart
from toolchain.progress import Progress
from toolchain.release import Release

VARIABLE = "STRATA_ENGINE"


class Source(StrEnum):
    """Where the engine may come from; `auto` tries the others in this order."""

    AUTO = "auto"
    PATH = "path"
    RELEASE = "release"
    GO = "go"

    @classmethod
    def chosen(cls) -> "Source":
        """Read `STRATA_ENGINE` (default: auto).

        Raises:
            ToolchainError: it has another value.
        """
        value = os.environ.get(VARIABLE) or cls.AUTO
        try:
            return cls(value)
        except ValueError:
            known = ", ".join(cls)
            raise ToolchainError(f"{VARIABLE}={value} is unknown", todo=f"use one of {known}") from None

    def allows(self, other: "Source") -> bool:
        """Tell whether this choice lets another source be used."""
        return self in {Source.AUTO, other}


class Sources:
    """Gets programs as a release or by building them, through the cache.

    What the cache has from either is taken before anything is downloaded or built. Once the
    releases turned out to be unreachable, they are not asked again.

    Args:
        cache: the user's cache.
        parts: the folder of the pinned Go modules.
        chosen: which sources may be used.
        progress: shows each step.
    """

    def __init__(self, cache: Cache, *, parts: Path, chosen: Source, progress: Progress) -> None:
        self._cache = cache
        self._parts = parts
        self._chosen = chosen
        self._progress = progress
        self._reachable = True

    def get(
        self, describe: Callable[[], Release], *, built: tuple[GoPart, ...]
    ) -> tuple[dict[str, Path], str]:
        """Return programs by name, and in a word where they are from.

        Args:
            describe: returns the release; raises UnavailableError where there is none.
            built: the parts that take its place.

        Raises:
            ToolchainError: no source has it; the last one's reason.
        """
        try:
            release = describe() if self._chosen.allows(Source.RELEASE) else None
        except UnavailableError as error:
            self._skip_release(error)
            release = None
        found = self._cached(release, built)
        if found:
            return found
        if release and self._reachable:
            try:
                return self._download(release), "released"
            except UnavailableError as error:
                self._skip_release(error)
        return _programs(self._build(part) for part in built), "built"

    def _cached(
        self, release: Release | None, built: tuple[GoPart, ...]
    ) -> tuple[dict[str, Path], str] | None:
        if release and (folder := self._cache.find(release.name, key=release.key)):
            return _programs([folder]), "released"
        if self._chosen.allows(Source.GO):
            folders = [self._cache.find(part.name, key=part.key(self._parts)) for part in built]
            if all(folders):
                return _programs(folder for folder in folders if folder), "built"
        return None

    def _download(self, release: Release) -> dict[str, Path]:
        with self._progress.step(f"download {release.file}"):
            return _programs([self._cache.make(release.name, key=release.key, fill=release.fill)])

    def _build(self, part: GoPart) -> Path:
        key = part.key(self._parts)
        if found := self._cache.find(part.name, key=key):
            return found
        log = self._cache.root / "logs" / f"{part.name}.log"

        def fill(folder: Path) -> None:
            part.fill(folder, parts=self._parts, log=log)

        with self._progress.step(f"build {part.program} from source", expect=part.expect):
            return self._cache.make(part.name, key=key, fill=fill)

    def _skip_release(self, error: UnavailableError) -> None:
        if not self._chosen.allows(Source.GO):
            raise error
        self._reachable = False
        self._progress.say(f"no release: {error.what}; building instead")


def _programs(folders: Iterable[Path]) -> dict[str, Path]:
    return {
        path.name: path for folder in folders for path in folder.iterdir() if path.name.startswith("pulumi")
    }
