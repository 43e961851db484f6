"""Which permission a call needs, as GitHub names it in `x-accepted-github-permissions`.

Alternatives are parted by `; `, as the header parts them.
"""

import re
from dataclasses import dataclass

from sandbox.github.tokens import Actor

_READING = ("GET", "HEAD")


@dataclass(frozen=True)
class _Rule:
    """What calls below a path need.

    Attributes:
        path: of the call below the repository, a regular expression for its beginning.
        read: permissions of which one suffices to look.
        write: permissions of which one suffices to change.
    """

    path: str
    read: tuple[str, ...]
    write: tuple[str, ...]


def _same(path: str, *names: str) -> _Rule:
    return _Rule(path, names, names)


# The first that fits counts.
_RULES = [
    _same(r"/environments/[^/]+/(variables|secrets)", "environments"),
    _Rule(r"/environments", ("actions",), ("administration",)),
    _Rule(r"/rules", ("metadata",), ("administration",)),
    _same(r"/actions/variables", "actions_variables"),
    _same(r"/actions/secrets", "secrets"),
    _Rule(r"/actions/runs/\d+/pending_deployments", ("actions",), ("deployments",)),
    _same(r"/actions", "actions"),
    _same(r"/deployments", "deployments"),
    _same(r"/pulls", "pull_requests"),
    _same(r"/(issues|labels)", "issues", "pull_requests"),
    _same(r"/commits/.+/check-", "checks"),
    _same(r"/check-", "checks"),
    _same(r"/commits/.+/status", "statuses"),
    _same(r"/statuses", "statuses"),
    _same(r"/commits/.+/pulls", "pull_requests"),
    _same(r"/(git|commits|compare|contents|releases|branches|tags|merges)\b", "contents"),
    _Rule(r"(/installation)?$", ("metadata",), ("administration",)),
]


def needed(method: str, path: str) -> list[tuple[str, str]]:
    """The permissions of which one suffices, each with its level.

    Args:
        method: of the call.
        path: below the repository, with its leading slash; empty for the repository itself.
    """
    for rule in _RULES:
        if re.match(rule.path, path):
            reading = method in _READING
            names = rule.read if reading else rule.write
            return [(name, "read" if reading else "write") for name in names]
    return []


def header(wanted: list[tuple[str, str]]) -> str:
    """The permissions in the words of `x-accepted-github-permissions`."""
    return "; ".join(f"{name}={level}" for name, level in wanted)


def allows(actor: Actor, wanted: list[tuple[str, str]]) -> bool:
    """Whether one of these is held; a call that needs none is anybody's."""
    return not wanted or any(actor.may(name, level) for name, level in wanted)
