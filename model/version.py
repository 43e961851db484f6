"""Released versions, `vX.Y.Z`, and which one comes next (R5)."""

from collections.abc import Iterable

import semver

FIRST = semver.Version(1, 0, 0)
"""Where an application without a released version begins."""


def released(tag: str) -> semver.Version | None:
    """The version that a tag names; `None` for what is no release: branches, `sha-…`, suffixes.

    Args:
        tag: of git or of a registry.
    """
    text = tag.removeprefix("v")
    if text == tag or not semver.Version.is_valid(text):
        return None
    version = semver.Version.parse(text)
    return None if version.prerelease or version.build else version


def tag_of(version: semver.Version) -> str:
    """The tag of a version: `v1.0.45`."""
    return f"v{version}"


def next_patch(latest: semver.Version | None, *, taken: Iterable[semver.Version]) -> semver.Version:
    """The next patch version that nobody has.

    Args:
        latest: the highest one in main's history, `None` before the first.
        taken: versions whose names are in use, wherever their commits are.
    """
    used = set(taken)
    candidate = latest.bump_patch() if latest else FIRST
    while candidate in used:
        candidate = candidate.bump_patch()
    return candidate
