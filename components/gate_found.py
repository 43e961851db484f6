"""What GitHub has of a gate already, for a stack that knows nothing of it: its state was lost (S10).

GitHub takes an environment twice, but answers a second policy of the same pattern with 303 and a second
variable of the same name with 409 (measured with provider 6.15 on 2026-11-23). Such a stack imports them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import pulumi
import pulumi_github as github

from model.plan import GatePlan

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Found:
    """Ids to import.

    Attributes:
        policies: by pattern.
        variables: by name.
    """

    policies: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)


NOTHING = Found()


def find_gate(plan: GatePlan) -> Found:
    """Ask GitHub, with the provider's own data sources.

    Raises:
        pulumi.RunError: it cannot be asked.
    """
    environments = _ask(
        "environments",
        lambda: github.get_repository_environments(repository=plan.repository).environments,
    )
    if plan.environment not in {one.name for one in environments}:
        return NOTHING
    policies = _ask(
        "deployment policies",
        lambda: (
            github.get_repository_deployment_branch_policies(
                repository=plan.repository, environment_name=plan.environment
            ).deployment_branch_policies
        ),
    )
    variables = _ask(
        "variables",
        lambda: (
            github.get_actions_environment_variables(
                name=plan.repository, environment=plan.environment
            ).variables
        ),
    )
    prefix = f"{plan.repository}:{plan.environment}"
    return Found(
        policies={one.name: f"{prefix}:{one.id}" for one in policies},
        variables={one.name: f"{prefix}:{one.name}" for one in variables},
    )


def _ask(what: str, ask: Callable[[], T]) -> T:
    try:
        return ask()
    except Exception as error:  # noqa: BLE001 - a failed invoke is a plain Exception
        raise pulumi.RunError(
            f"GitHub cannot be asked for the {what} of the gate: {str(error).strip().splitlines()[-1]}. "
            "Next: `strata doctor`, which checks GITHUB_TOKEN, GITHUB_OWNER and the repository."
        ) from None
