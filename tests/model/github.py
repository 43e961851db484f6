"""Documents as GitHub's REST API answers them, of gates that are as their plans say."""

from typing import Any

from model.gate_seen import SeenGate
from model.plan import GatePlan, RulesetPlan
from model.ruleset_seen import ASKED


def environment(plan: GatePlan) -> dict[str, Any]:
    """`GET …/environments/{environment}`."""
    reviewers = [
        *({"type": "User", "reviewer": {"id": one, "login": "x"}} for one in plan.reviewer_users),
        *({"type": "Team", "reviewer": {"id": one, "slug": "x"}} for one in plan.reviewer_teams),
    ]
    rules: list[dict[str, Any]] = [{"id": 1, "type": "branch_policy"}]
    if plan.wait_minutes:
        rules.append({"id": 2, "type": "wait_timer", "wait_timer": plan.wait_minutes})
    if reviewers:
        rules.append(
            {
                "id": 3,
                "type": "required_reviewers",
                "prevent_self_review": plan.prevent_self_review,
                "reviewers": reviewers,
            }
        )
    return {
        "id": 9,
        "name": plan.environment,
        "can_admins_bypass": plan.can_admins_bypass,
        "protection_rules": rules,
        "deployment_branch_policy": {"protected_branches": False, "custom_branch_policies": True},
    }


def policies(plan: GatePlan) -> list[dict[str, Any]]:
    """The items of `…/deployment-branch-policies`."""
    kinds = (("branch", plan.branch_patterns), ("tag", plan.tag_patterns))
    named = [(kind, pattern) for kind, patterns in kinds for pattern in patterns]
    return [
        {"id": number, "name": pattern, "type": kind} for number, (kind, pattern) in enumerate(named, start=7)
    ]


def variables(plan: GatePlan) -> list[dict[str, Any]]:
    """The items of `…/variables`."""
    return [{"name": name, "value": value} for name, value in plan.variables.items()]


def seen(plan: GatePlan) -> SeenGate:
    """What is read of them."""
    return SeenGate.parse(environment(plan), policies=policies(plan), variables=variables(plan))


def ruleset(plan: RulesetPlan) -> dict[str, Any]:
    """`GET …/rulesets/{id}`."""
    checks = [{"context": check, "integration_id": plan.integration} for check in plan.checks]
    return {
        "id": 77,
        "name": plan.name,
        "target": "branch",
        "source_type": "Repository",
        "enforcement": "active",
        "bypass_actors": [],
        "conditions": {"ref_name": {"include": list(plan.branches), "exclude": []}},
        "rules": [
            *({"type": rule} for rule in ASKED if rule != "pull_request"),
            {
                "type": "pull_request",
                "parameters": {
                    "required_approving_review_count": plan.approvals,
                    "dismiss_stale_reviews_on_push": True,
                },
            },
            {"type": "required_status_checks", "parameters": {"required_status_checks": checks}},
        ],
    }


def served(plan: GatePlan) -> dict[str, Any]:
    """The documents of a gate by the path below the repository."""
    place = f"environments/{plan.environment}"
    return {
        place: environment(plan),
        f"{place}/deployment-branch-policies": {"branch_policies": policies(plan)},
        f"{place}/variables": {"variables": variables(plan)},
    }


def served_ruleset(plan: RulesetPlan) -> dict[str, Any]:
    """The documents of a ruleset by the path below the repository."""
    whole = ruleset(plan)
    listed = {key: whole[key] for key in ("id", "name", "source_type")}
    return {"rulesets": [listed], f"rulesets/{whole['id']}": whole}
