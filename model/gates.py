"""Which stack keeps which gates, made of the table of identities (docs/adr/0018).

A stack keeps its own environment and its observer's. What belongs to no stack alone, the environments `plan`
and `preview` and the ruleset of main, is kept by staging, which exists first.
"""

from model.gate import GatePlan
from model.identity import IDENTITIES, Identity, Kind
from model.layers import Layer, Stack
from model.naming import Names
from model.ruleset import RulesetPlan
from model.settings import Settings


def gates_of(settings: Settings, names: Names) -> tuple[GatePlan, ...]:
    """The GitHub environments that a standing stack keeps, its own first.

    Raises:
        GuardrailError: one of them cannot be (G1).
    """
    kept = [one for one in IDENTITIES if _keeper(one) == names.stack.name]
    kept.sort(key=lambda one: one.environment != names.environment)
    return tuple(_gate(settings, names, one) for one in kept)


def ruleset_of(settings: Settings, stack: Stack) -> RulesetPlan | None:
    """The ruleset of main, for the stack that keeps it."""
    return RulesetPlan(repository=settings.repository) if stack.layer is Layer.STAGING else None


def _shared(identity: Identity) -> bool:
    """Whether it belongs to no stack alone."""
    return identity.kind in {Kind.PLAN, Kind.PREVIEW}


def _keeper(identity: Identity) -> str:
    return str(Layer.STAGING) if _shared(identity) else identity.stacks[0]


def _gate(settings: Settings, names: Names, identity: Identity) -> GatePlan:
    own = identity.kind is Kind.DEPLOY
    protection = identity.protection
    return GatePlan(
        repository=settings.repository,
        environment=identity.environment,
        reviewer_users=settings.reviewer_users if own else (),
        reviewer_teams=settings.reviewer_teams if own else (),
        wait_minutes=settings.wait_minutes if own else 0,
        prevent_self_review=protection.reviewers,
        can_admins_bypass=False,
        branch_patterns=protection.branches,
        tag_patterns=protection.tags,
        variables=_variables(settings, names, identity) if own else {},
        shared=_shared(identity),
    )


def _variables(settings: Settings, names: Names, identity: Identity) -> dict[str, str]:
    return {
        "STRATA_STACK": names.stack.name,
        "STRATA_URL": names.url(https=settings.https),
        "STRATA_VAULT_ROLE": identity.role(names.slug),
    }
