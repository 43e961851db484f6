"""What the GitHub App may, as whom CI looks at its own gates: read, and nothing else.

Deploy jobs compare gates and never change them; administrators change them from their machine with a token of
their own. One table for the guide, the set-up's check, the token that `strata login` asks for, and the remedy
after a 403. Names as GitHub's API has them (read in its documentation on 2026-11-23).
"""

from collections.abc import Mapping
from dataclasses import dataclass

READ = "read"
_LEVELS = ("none", READ, "write", "admin")


@dataclass(frozen=True, kw_only=True)
class Permission:
    """One permission of the App, on repositories, at level `read`.

    Attributes:
        name: in the API.
        shown: on the App's settings page.
        why: what is read with it.
        probe: a question below the repository that needs it and changes nothing; empty: there is none that
            needs it alone.
    """

    name: str
    shown: str
    why: str
    probe: str = ""


APP_PERMISSIONS: tuple[Permission, ...] = (
    Permission(
        name="actions", shown="Actions", why="environments with their rules; runs", probe="environments"
    ),
    Permission(name="administration", shown="Administration", why="rulesets with who may bypass them"),
    Permission(
        name="contents", shown="Contents", why="commits, tags and branches", probe="git/matching-refs/tags/v"
    ),
    Permission(
        name="environments",
        shown="Environments",
        why="variables of environments, names of their secrets",
        probe="environments/staging/variables",
    ),
    Permission(
        name="secrets",
        shown="Secrets",
        why="names of the repository's secrets: none of ours is among them",
        probe="actions/secrets",
    ),
    Permission(
        name="metadata",
        shown="Metadata",
        why="the repository itself; GitHub always gives it",
        probe="rulesets",
    ),
)


def requested() -> dict[str, str]:
    """As the body of `POST /app/installations/{id}/access_tokens` has it."""
    return {one.name: READ for one in APP_PERMISSIONS}


def lacking(granted: Mapping[str, str]) -> list[Permission]:
    """What an installation was not given.

    Args:
        granted: `permissions` of GitHub's answer.
    """
    return [one for one in APP_PERMISSIONS if not _at_least(granted.get(one.name), READ)]


def excessive(granted: Mapping[str, str]) -> list[str]:
    """Names that were given above `read`: whoever has the App's key could change what guards the rest."""
    return sorted(name for name, level in granted.items() if _at_least(level, "write"))


def _at_least(level: str | None, wanted: str) -> bool:
    held = _LEVELS.index(level) if level in _LEVELS else 0
    return held >= _LEVELS.index(wanted)
