"""The GitHub environment that guards a stack's credentials; what GitHub would refuse late is refused here.

The GitHub provider checks the number of reviewers on update only and the rest not at all (read 2026-11-22),
so a bad gate would be found when half of it has been made (G1).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from model.errors import GuardrailError
from model.violation import Violation

MAX_REVIEWERS = 6
MAX_WAIT_MINUTES = 43_200
_REPOSITORY = re.compile(r"[A-Za-z0-9._-]+")
_ENVIRONMENT = re.compile(r"[A-Za-z0-9._-]{1,255}")
_VARIABLE = re.compile(r"(?!GITHUB_)[A-Z_][A-Z0-9_]*")
_PATTERN = re.compile(r"[^\s]+")


@dataclass(frozen=True, kw_only=True)
class GatePlan:
    """One GitHub environment with its protection rules.

    Attributes:
        repository: its name, without the owner.
        environment: its name, the stack's.
        reviewer_users: numeric GitHub user ids.
        reviewer_teams: numeric GitHub team ids.
        wait_minutes: 0 to 43,200.
        prevent_self_review: whoever started the run may not approve it.
        can_admins_bypass: whether administrators may pass without approval.
        branch_patterns: branches that may deploy; without a pattern of either kind any ref could.
        tag_patterns: tags that may deploy.
        variables: GitHub Actions variables of the environment (never secrets).
        shared: it guards more than its stack, so it stays when the stack is destroyed (docs/adr/0018).

    Raises:
        GuardrailError: GitHub would not take it, or would take it and not guard (G1).
    """

    repository: str
    environment: str
    reviewer_users: tuple[int, ...] = ()
    reviewer_teams: tuple[int, ...] = ()
    wait_minutes: int = 0
    prevent_self_review: bool = False
    can_admins_bypass: bool = False
    branch_patterns: tuple[str, ...] = ()
    tag_patterns: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    shared: bool = False

    def __post_init__(self) -> None:
        if broken := list(_broken(self)):
            raise GuardrailError(broken, stack=self.environment)

    @property
    def reviewers(self) -> int:
        """How many people and teams may approve."""
        return len(self.reviewer_users) + len(self.reviewer_teams)


def _broken(gate: GatePlan) -> Iterator[Violation]:
    for broken, message, fix in (*_people(gate), *_words(gate)):
        if broken:
            yield Violation(rule="G1", where=f"gate {gate.environment}", message=message, fix=fix)


def _people(gate: GatePlan) -> Iterator[tuple[bool, str, str]]:
    ids = (*gate.reviewer_users, *gate.reviewer_teams)
    twice = any(len(set(kind)) != len(kind) for kind in (gate.reviewer_users, gate.reviewer_teams))
    yield (
        len(ids) > MAX_REVIEWERS,
        f"{len(ids)} reviewers",
        f"GitHub takes at most {MAX_REVIEWERS}; use a team",
    )
    yield any(i <= 0 for i in ids), "a reviewer's id is not positive", "ask `gh api users/LOGIN --jq .id`"
    yield twice, "a reviewer is named twice", "name each once"
    yield (
        not 0 <= gate.wait_minutes <= MAX_WAIT_MINUTES,
        f"waits {gate.wait_minutes} minutes",
        f"GitHub takes 0 to {MAX_WAIT_MINUTES}",
    )
    yield (
        gate.prevent_self_review and not ids,
        "prevents self-review without reviewers",
        f"name 1 to {MAX_REVIEWERS} reviewers",
    )


def _words(gate: GatePlan) -> Iterator[tuple[bool, str, str]]:
    patterns = (*gate.branch_patterns, *gate.tag_patterns)
    plain = "use letters, digits, '.', '_' and '-'"
    yield not _REPOSITORY.fullmatch(gate.repository), "the repository is no plain name", "leave its owner out"
    yield not _ENVIRONMENT.fullmatch(gate.environment), "the environment's name is not well-formed", plain
    yield (
        not patterns,
        "takes any branch and any tag",
        "give a branch pattern or a tag pattern",
    )
    yield (
        not all(map(_PATTERN.fullmatch, patterns)),
        "a pattern is empty or has blanks",
        "write it as GitHub shows it, for example v*.*.*",
    )
    for name in gate.variables:
        yield (
            not _VARIABLE.fullmatch(name),
            f"the variable {name!r} is not well-formed",
            "use A-Z, 0-9 and _, not starting with GITHUB_",
        )
