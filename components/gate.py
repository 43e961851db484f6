"""The GitHub environment in front of a stack's credentials.

On the default provider, with owner, token and base URL from the environment: the SDK copies the token into
the inputs of an explicit provider, where each rotation is a change and the state keeps it (measured
2026-11-22). A refresh does not see a reviewer rule that was removed by hand (provider 6.15): the audit
looks for that.
"""

from collections.abc import Sequence

import pulumi
import pulumi_github as github

from model.gate_seen import Kind, SeenGate, gate_differences
from model.plan import GatePlan


class GithubGate(pulumi.ComponentResource):
    """A GitHub environment with its reviewers, its wait, the refs that may deploy, and its variables.

    Args:
        name: of the component; its children's names begin with it.
        plan: the rules, already checked as a whole.
        found: what stands at GitHub already, for a stack whose state may not know it.
    """

    def __init__(
        self,
        name: str,
        *,
        plan: GatePlan,
        found: SeenGate | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("strata:layers:GithubGate", name, {"environment": plan.environment}, opts)
        place = f"{plan.repository}:{plan.environment}"
        kept = pulumi.ResourceOptions(parent=self, retain_on_delete=plan.shared or None)
        # An environment that differs is made: GitHub takes it once more and sets it right. An import of it
        # would fail, and one that is equal spares a token that may read only the change.
        equal = found is not None and not gate_differences(plan, found)
        environment = github.RepositoryEnvironment(
            f"{name}-environment",
            repository=plan.repository,
            environment=plan.environment,
            wait_timer=plan.wait_minutes,
            prevent_self_review=plan.prevent_self_review,
            can_admins_bypass=plan.can_admins_bypass,
            reviewers=_reviewers(plan),
            deployment_branch_policy=_custom_policies(plan),
            opts=_importing(place if equal else None, kept),
        )
        # GitHub deletes policies and variables with the environment, and the provider takes the 404 of a
        # policy that went with it for a failure (provider 6.15).
        with_environment = pulumi.ResourceOptions.merge(
            kept, pulumi.ResourceOptions(depends_on=[environment], deleted_with=environment)
        )
        for kind, patterns in ((Kind.BRANCH, plan.branch_patterns), (Kind.TAG, plan.tag_patterns)):
            for pattern in patterns:
                there = found.policy(kind, pattern) if found else None
                github.RepositoryEnvironmentDeploymentPolicy(
                    f"{name}-{kind}-{pattern}",
                    repository=plan.repository,
                    environment=plan.environment,
                    branch_pattern=pattern if kind is Kind.BRANCH else None,
                    tag_pattern=pattern if kind is Kind.TAG else None,
                    opts=_importing(f"{place}:{there.id}" if there else None, with_environment),
                )
        variables = (found.variables if found else None) or {}
        for variable, value in plan.variables.items():
            github.ActionsEnvironmentVariable(
                f"{name}-variable-{variable}",
                repository=plan.repository,
                environment=plan.environment,
                variable_name=variable,
                value=value,
                opts=_importing(
                    f"{place}:{variable}" if variable in variables else None,
                    with_environment,
                    as_it_is=["value"] if variables.get(variable) != value else [],
                ),
            )
        self.register_outputs({})


def _importing(
    id_: str | None, opts: pulumi.ResourceOptions, *, as_it_is: Sequence[str] = ()
) -> pulumi.ResourceOptions:
    """Options that take something over. An import of other inputs fails: they are left to the next `up`."""
    if id_ is None:
        return opts
    return pulumi.ResourceOptions.merge(
        opts, pulumi.ResourceOptions(import_=id_, ignore_changes=list(as_it_is))
    )


def _reviewers(plan: GatePlan) -> list[github.RepositoryEnvironmentReviewerArgs] | None:
    if not plan.reviewer_users and not plan.reviewer_teams:
        return None
    return [
        github.RepositoryEnvironmentReviewerArgs(
            users=list(plan.reviewer_users) or None, teams=list(plan.reviewer_teams) or None
        )
    ]


def _custom_policies(
    plan: GatePlan,
) -> github.RepositoryEnvironmentDeploymentBranchPolicyArgs | None:
    """GitHub wants both flags, and different ones; without the block any ref may deploy."""
    if not plan.branch_patterns and not plan.tag_patterns:
        return None
    return github.RepositoryEnvironmentDeploymentBranchPolicyArgs(
        custom_branch_policies=True, protected_branches=False
    )
