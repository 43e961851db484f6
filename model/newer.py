"""Which tags of a repository are newer than a pinned one and of its kind."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from packaging.version import Version

from model.errors import ReleaseError

# As many numbers as the pin has, and what it has behind them: `3.13.7-slim` is compared neither with `3.14`
# (moves) nor with `3.14.0-alpine3.22` (another system). Pre-releases (`18rc1`) are of no kind.
_NUMBERS = re.compile(r"(?P<numbers>\d+(?:\.\d+)+)(?P<kind>(?:-[a-z][a-z0-9.-]*)?)")
_DATE = re.compile(r"RELEASE\.(?P<date>\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}Z)")


@dataclass(frozen=True, order=True)
class _Rank:
    """Where a tag stands among those of its kind."""

    version: Version
    date: str = ""


@dataclass(frozen=True, kw_only=True)
class Newer:
    """What a registry has that is newer than a pin.

    Attributes:
        same_major: the newest tag with the pin's first number, `None` if that is the pin itself.
        next_major: the newest tag with a higher first number, `None` if there is none.
    """

    same_major: str | None = None
    next_major: str | None = None

    def __bool__(self) -> bool:
        return bool(self.same_major or self.next_major)


def newer(tag: str, *, among: Iterable[str]) -> Newer:
    """Compare a pinned tag with a repository's.

    Args:
        tag: `17.6`, `3.13.7-slim` or `RELEASE.2025-09-07T16-13-09Z`.
        among: all tags of the repository.

    Raises:
        ReleaseError: the pin is of no known kind.
    """
    kind, pinned = _read(tag) or (None, None)
    if pinned is None:
        raise ReleaseError(
            f"the pinned tag {tag!r} is neither numbers with dots nor a RELEASE date; pin such a one"
        )
    read = ((other, _read(other)) for other in among)
    later = sorted(
        (found[1], other) for other, found in read if found and found[0] == kind and found[1] > pinned
    )
    same = [other for rank, other in later if rank.version.major == pinned.version.major]
    higher = [other for rank, other in later if rank.version.major > pinned.version.major]
    return Newer(same_major=same[-1] if same else None, next_major=higher[-1] if higher else None)


def _read(tag: str) -> tuple[tuple[int, str], _Rank] | None:
    """Kind and rank of a tag, `None` if it names no one build."""
    if match := _DATE.fullmatch(tag):
        return (0, ""), _Rank(Version("0"), match["date"])
    if match := _NUMBERS.fullmatch(tag):
        return (match["numbers"].count("."), match["kind"]), _Rank(Version(match["numbers"]))
    return None
