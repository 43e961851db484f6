"""What GitHub has of a stack's gates already, asked with the provider's own data source.

Two runs want to know: one whose state knows nothing (it was lost, or the stack was destroyed and left the
shared gates standing, docs/adr/0018) and a deploy job's, which may not change a gate and so looks first.
GitHub takes an environment twice, but answers a second policy of the same pattern with 303 and a second
variable or ruleset of the same name with 409 and 422 (measured with provider 6.15 on 2026-11-23): such a
stack imports them.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi
import pulumi_github as github

from model.gate_seen import SeenGate
from model.plan import GatePlan, RulesetPlan
from model.ruleset_seen import SeenRuleset, is_of_repository

_MISSING = 404
_PAGE = 100
_PAGE_OF_VARIABLES = 30  # GitHub's limit
_MAY = {
    "variables": "environments: read",
    "rulesets": "metadata: read",
}


@dataclass(frozen=True, kw_only=True)
class Found:
    """What stands at GitHub.

    Attributes:
        gates: by environment, `None` for one that does not exist; empty where nobody looked.
        ruleset: `None` if there is none of its name, or nobody looked.
    """

    gates: Mapping[str, SeenGate | None] = field(default_factory=dict)
    ruleset: SeenRuleset | None = None


NOTHING = Found()


def find_gates(plans: Sequence[GatePlan], ruleset: RulesetPlan | None, *, owner: str) -> Found:
    """Ask GitHub for the gates of a plan.

    Args:
        plans: of which environments.
        ruleset: by whose name.
        owner: of the repository.

    Raises:
        pulumi.RunError: it cannot be asked.
    """
    return Found(
        gates={plan.environment: _gate(plan, owner) for plan in plans},
        ruleset=_ruleset(ruleset, owner) if ruleset else None,
    )


def _gate(plan: GatePlan, owner: str) -> SeenGate | None:
    place = f"repos/{owner}/{plan.repository}/environments/{plan.environment}"
    environment = _ask(place)
    if environment is None:
        return None
    policies = _ask(f"{place}/deployment-branch-policies?per_page={_PAGE}") or {}
    variables = (_ask(f"{place}/variables?per_page={_PAGE_OF_VARIABLES}") or {}) if plan.variables else {}
    return SeenGate.parse(
        environment,
        policies=policies.get("branch_policies", []),
        variables=variables.get("variables", []),
    )


def _ruleset(plan: RulesetPlan, owner: str) -> SeenRuleset | None:
    place = f"repos/{owner}/{plan.repository}/rulesets"
    listed: Any = _ask(f"{place}?per_page={_PAGE}") or []
    number = next((one["id"] for one in listed if is_of_repository(one, plan.name)), None)
    whole = _ask(f"{place}/{number}") if number else None
    return SeenRuleset.parse(whole) if whole else None


def _ask(endpoint: str) -> Any:
    """A document of the REST API, `None` for a 404."""
    try:
        answer = github.get_rest_api(endpoint=endpoint)
    except Exception as error:  # noqa: BLE001 - a failed invoke is a plain Exception
        lines = [line.strip(" *\t") for line in str(error).splitlines() if line.strip(" *\t")]
        said = lines[-1] if lines else type(error).__name__
        raise pulumi.RunError(
            f"GitHub cannot be asked for {endpoint.partition('?')[0]}: "
            f"{said.rstrip('.')}. It is asked with GITHUB_TOKEN, which needs {_permission(endpoint)}. "
            "Next: `strata doctor`, which checks GITHUB_TOKEN, GITHUB_OWNER and the repository."
        ) from None
    return None if answer.code == _MISSING else json.loads(answer.body)


def _permission(endpoint: str) -> str:
    return next((may for part, may in _MAY.items() if f"/{part}" in endpoint), "actions: read")
