"""A ruleset as GitHub has it, and what it lacks of the plan; read from GitHub's own documents."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict

from model.ruleset import RulesetPlan

ASKED = ("pull_request", "non_fast_forward", "deletion")
_TOLD = {
    "pull_request": "a push without a pull request is taken",
    "non_fast_forward": "a force push is taken",
    "deletion": "the branch may be deleted",
}


class _Read(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Refs(_Read):
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


class _Conditions(_Read):
    ref_name: _Refs = _Refs()


class _Check(_Read):
    context: str
    integration_id: int | None = None


class _Parameters(_Read):
    required_status_checks: tuple[_Check, ...] = ()
    required_approving_review_count: int = 0
    dismiss_stale_reviews_on_push: bool = False


class _Rule(_Read):
    type: str
    parameters: _Parameters | None = None


class _Actor(_Read):
    actor_type: str
    actor_id: int | None = None


class _Ruleset(_Read):
    id: int
    target: str = "branch"
    enforcement: str
    conditions: _Conditions | None = None
    rules: tuple[_Rule, ...] = ()
    bypass_actors: tuple[_Actor, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class SeenRuleset:
    """One ruleset with its rules.

    Attributes:
        id: GitHub's.
        enforcement: `active`, `evaluate` or `disabled`.
        include: refs that it guards.
        exclude: refs that it does not.
        rules: their types.
        approvals: that a pull request needs.
        dismisses: whether a later push takes approvals back.
        checks: name to the id of the App that must report it, `None`: anybody may.
        bypass: who may pass, as `Team 1001`; `None` where the token may not see it: GitHub shows it to those
            only who may write the ruleset.
    """

    id: int
    target: str
    enforcement: str
    include: frozenset[str]
    exclude: frozenset[str]
    rules: frozenset[str]
    approvals: int
    dismisses: bool
    checks: Mapping[str, int | None]
    bypass: tuple[str, ...] | None

    @classmethod
    def parse(cls, document: Mapping[str, Any]) -> "SeenRuleset":
        """Read `GET …/rulesets/{id}`; the list's items have no rules.

        Raises:
            pydantic.ValidationError: it is none.
        """
        read = _Ruleset.model_validate(document)
        refs = read.conditions.ref_name if read.conditions else _Refs()
        actors = read.bypass_actors
        reviewed = [rule.parameters or _Parameters() for rule in read.rules if rule.type == "pull_request"]
        return cls(
            id=read.id,
            target=read.target,
            enforcement=read.enforcement,
            include=frozenset(refs.include),
            exclude=frozenset(refs.exclude),
            rules=frozenset(rule.type for rule in read.rules),
            approvals=max((one.required_approving_review_count for one in reviewed), default=0),
            dismisses=any(one.dismiss_stale_reviews_on_push for one in reviewed),
            checks={
                check.context: check.integration_id
                for rule in read.rules
                if rule.parameters
                for check in rule.parameters.required_status_checks
            },
            bypass=None if actors is None else tuple(_named(actor) for actor in actors),
        )


def is_of_repository(item: Mapping[str, Any], name: str) -> bool:
    """Whether an item of `GET …/rulesets` is the repository's own of a name; its owner's are listed too."""
    return item.get("name") == name and item.get("source_type", "Repository") == "Repository"


def _named(actor: _Actor) -> str:
    return f"{actor.actor_type} {actor.actor_id}" if actor.actor_id else actor.actor_type


def ruleset_differences(plan: RulesetPlan, seen: SeenRuleset | None) -> list[str]:
    """What GitHub's ruleset lacks of the plan; sentences without a full stop, empty: nothing.

    Args:
        plan: what is declared.
        seen: what GitHub has, `None` if it has no ruleset of that name.
    """
    if seen is None:
        return ["there is no such ruleset"]
    return [*_where(plan, seen), *_what(plan, seen)]


def _where(plan: RulesetPlan, seen: SeenRuleset) -> Iterator[str]:
    if seen.enforcement != "active":
        yield f"it is {seen.enforcement} and not active"
    if seen.target != "branch":
        yield f"it is for {seen.target} and not for branches"
    for ref in plan.branches:
        if ref not in seen.include or ref in seen.exclude:
            yield f"it does not guard {ref}"
    for ref in sorted((seen.include | seen.exclude) - set(plan.branches)):
        yield f"it names {ref}, which is not declared"


def _what(plan: RulesetPlan, seen: SeenRuleset) -> Iterator[str]:
    for rule in ASKED:
        if rule not in seen.rules:
            yield _TOLD[rule]
    if "pull_request" in seen.rules:
        if seen.approvals < plan.approvals:
            yield f"it asks for {seen.approvals} approvals and not for {plan.approvals}"
        if not seen.dismisses:
            yield "an approval holds for what is pushed after it"
    for check in plan.checks:
        if check not in seen.checks:
            yield f"the check {check} is not required"
        elif seen.checks[check] != plan.integration:
            yield f"the check {check} counts whoever reports it, not only App {plan.integration}"
    for actor in seen.bypass or ():
        yield f"{actor} may bypass it"
