from collections.abc import Iterator

from model.guardrails.subject import Subject
from model.layers import Layer
from model.plan import GatePlan
from model.violation import Violation

STAGING_BRANCHES = ("main",)
PRODUCTION_TAGS = ("v*.*.*",)


def complete(subject: Subject) -> Iterator[Violation]:
    """G2: a standing stack's gate is as strict as its layer asks."""
    if not subject.standing:
        return
    gate = subject.plan.gate
    if gate is None:
        yield _fault("has no gate", "plan one")
    elif subject.plan.stack.layer is Layer.PRODUCTION:
        yield from _production(gate)
    elif (gate.branch_patterns, gate.tag_patterns) != (STAGING_BRANCHES, ()):
        yield _fault("takes more than main", "allow the branch main and nothing else")


def _production(gate: GatePlan) -> Iterator[Violation]:
    for broken, message, fix in (
        (
            not gate.reviewers,
            "has no reviewers",
            "set reviewerUsers or reviewerTeams in Pulumi.production.yaml (gh api users/LOGIN --jq .id)",
        ),
        (not gate.prevent_self_review, "lets whoever started it approve it", "set prevent_self_review"),
        (gate.can_admins_bypass, "can be passed by administrators", "unset can_admins_bypass"),
        (
            (gate.branch_patterns, gate.tag_patterns) != ((), PRODUCTION_TAGS),
            "takes more than version tags",
            "allow the tags v*.*.* only",
        ),
    ):
        if broken:
            yield _fault(message, fix)


def _fault(message: str, fix: str) -> Violation:
    return Violation(rule="G2", where="gate", message=message, fix=fix)
