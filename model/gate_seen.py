"""A gate as GitHub has it, and how it differs from the plan; read from GitHub's own documents.

The audit compares what the REST API answers, and a deploy job what the provider's data source hands through:
both with this module, so that they cannot disagree. A refresh does not see a reviewer rule that was removed
by hand (provider 6.15, read 2026-11-22), and nothing of a policy that somebody added.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict

from model.gate import GatePlan


class _Read(BaseModel):
    """Reads the fields that are needed; GitHub's documents have many more."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class _Account(_Read):
    id: int


class _Reviewer(_Read):
    type: str
    reviewer: _Account


class _Rule(_Read):
    type: str
    wait_timer: int = 0
    prevent_self_review: bool = False
    reviewers: tuple[_Reviewer, ...] = ()


class _Modes(_Read):
    protected_branches: bool = False
    custom_branch_policies: bool = False


class _Environment(_Read):
    # GitHub's default; an answer without it is that of a server that knows no way to forbid it.
    can_admins_bypass: bool = True
    protection_rules: tuple[_Rule, ...] = ()
    deployment_branch_policy: _Modes | None = None


class Kind(StrEnum):
    """What a policy's pattern is matched with."""

    BRANCH = "branch"
    TAG = "tag"


class Policy(_Read):
    """One pattern of an environment.

    Attributes:
        id: GitHub's.
        name: the pattern.
        type: old answers do not say; then it is a branch's.
    """

    id: int
    name: str
    type: Kind = Kind.BRANCH


@dataclass(frozen=True, kw_only=True)
class SeenGate:
    """One environment with its rules.

    Attributes:
        users: ids of people who may approve.
        teams: ids of teams who may.
        takes: `any ref`, `protected branches` or `patterns`.
        policies: what hangs on it where it takes patterns.
        variables: name to value; `None` where nobody asked.
    """

    users: frozenset[int] = frozenset()
    teams: frozenset[int] = frozenset()
    wait_minutes: int = 0
    prevent_self_review: bool = False
    can_admins_bypass: bool = True
    takes: str = "any ref"
    policies: tuple[Policy, ...] = ()
    variables: Mapping[str, str] | None = field(default=None)

    @classmethod
    def parse(
        cls,
        environment: Mapping[str, Any],
        *,
        policies: Sequence[Mapping[str, Any]],
        variables: Sequence[Mapping[str, Any]] | None = None,
    ) -> "SeenGate":
        """Read GitHub's documents.

        Args:
            environment: `GET …/environments/{environment}`.
            policies: the items of `…/deployment-branch-policies`.
            variables: the items of `…/variables`; `None` where nobody asked.

        Raises:
            pydantic.ValidationError: they are none.
        """
        read = _Environment.model_validate(environment)
        rules = {rule.type: rule for rule in read.protection_rules}
        review = rules.get("required_reviewers", _Rule(type=""))
        mode = read.deployment_branch_policy
        return cls(
            users=frozenset(one.reviewer.id for one in review.reviewers if one.type == "User"),
            teams=frozenset(one.reviewer.id for one in review.reviewers if one.type == "Team"),
            wait_minutes=rules["wait_timer"].wait_timer if "wait_timer" in rules else 0,
            prevent_self_review=review.prevent_self_review,
            can_admins_bypass=read.can_admins_bypass,
            takes=_taken(mode),
            policies=tuple(Policy.model_validate(one) for one in policies),
            variables=None if variables is None else {str(v["name"]): str(v["value"]) for v in variables},
        )

    def policy(self, kind: Kind, pattern: str) -> Policy | None:
        """The policy of a pattern, if there is one."""
        return next((one for one in self.policies if (one.type, one.name) == (kind, pattern)), None)


def _taken(mode: _Modes | None) -> str:
    if mode is None:
        return "any ref"
    return "patterns" if mode.custom_branch_policies else "protected branches"


def gate_differences(plan: GatePlan, seen: SeenGate | None) -> list[str]:
    """What of a plan GitHub does not have, or has on top; sentences without a full stop, empty: it is so.

    Args:
        plan: what is declared.
        seen: what GitHub has, `None` if there is no such environment.
    """
    if seen is None:
        return ["there is no such environment; a job that names it would make it without any rule"]
    return [*_people(plan, seen), *_refs(plan, seen), *_variables(plan, seen)]


def _people(plan: GatePlan, seen: SeenGate) -> Iterator[str]:
    for what, declared, there in (
        ("user", frozenset(plan.reviewer_users), seen.users),
        ("team", frozenset(plan.reviewer_teams), seen.teams),
    ):
        for one in sorted(declared - there):
            yield f"the {what} {one} is not among its reviewers"
        for one in sorted(there - declared):
            yield f"the {what} {one} may approve and is not declared"
    # GitHub keeps self-review with the reviewers: without them there is nothing to say about it.
    if seen.prevent_self_review != plan.prevent_self_review and (seen.users or seen.teams):
        yield (
            "whoever started a run may approve it"
            if plan.prevent_self_review
            else ("whoever started a run may not approve it, which is not declared")
        )
    if seen.can_admins_bypass != plan.can_admins_bypass:
        yield (
            "administrators may pass without approval"
            if seen.can_admins_bypass
            else ("administrators may not pass without approval, which is not declared")
        )
    if seen.wait_minutes != plan.wait_minutes:
        yield f"it waits {seen.wait_minutes} minutes and not {plan.wait_minutes}"


def _refs(plan: GatePlan, seen: SeenGate) -> Iterator[str]:
    if seen.takes != "patterns":
        yield f"it takes {seen.takes} and not only the declared patterns"
        return
    there = {(one.type, one.name) for one in seen.policies}
    declared = {
        *((Kind.BRANCH, pattern) for pattern in plan.branch_patterns),
        *((Kind.TAG, pattern) for pattern in plan.tag_patterns),
    }
    for kind, pattern in sorted(declared - there):
        yield f"it does not take the {kind} {pattern}"
    for kind, pattern in sorted(there - declared):
        yield f"it takes the {kind} {pattern}, which is not declared"


def _variables(plan: GatePlan, seen: SeenGate) -> Iterator[str]:
    if seen.variables is None:
        return
    for name, value in plan.variables.items():
        if name not in seen.variables:
            yield f"the variable {name} is missing"
        elif seen.variables[name] != value:
            yield f"the variable {name} has another value"
