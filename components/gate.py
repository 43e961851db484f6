"""The GitHub environment in front of a stack's credentials.

On the default provider, with owner, token and base URL from the environment: the SDK copies the token into
the inputs of an explicit provider, where each rotation is a change and the state keeps it (measured
2026-11-22). A refresh does not see a reviewer rule that was removed by hand (provider 6.15): the audit
looks for that.
"""

import pulumi
import pulumi_github as github

from components.gate_found import NOTHING, Found
from model.plan import GatePlan


class GithubGate(pulumi.ComponentResource):
    """A GitHub environment with its reviewers, its wait, the refs that may deploy, and its variables.

    Args:
        name: of the component; its children's names begin with it.
        plan: the rules, already checked as a whole.
        found: what a stack that has lost its state takes over.
    """

    def __init__(
        self,
        name: str,
        *,
        plan: GatePlan,
        found: Found = NOTHING,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("strata:layers:GithubGate", name, {"environment": plan.environment}, opts)
        environment = github.RepositoryEnvironment(
            f"{name}-environment",
            repository=plan.repository,
            environment=plan.environment,
            wait_timer=plan.wait_minutes,
            prevent_self_review=plan.prevent_self_review,
            can_admins_bypass=plan.can_admins_bypass,
            reviewers=_reviewers(plan),
            deployment_branch_policy=_custom_policies(plan),
            opts=pulumi.ResourceOptions(parent=self),
        )
        # GitHub deletes policies and variables with the environment, and the provider takes the 404 of a
        # policy that went with it for a failure (provider 6.15).
        with_environment = pulumi.ResourceOptions(
            parent=self, depends_on=[environment], deleted_with=environment
        )
        for kind, patterns in (("branch", plan.branch_patterns), ("tag", plan.tag_patterns)):
            for pattern in patterns:
                github.RepositoryEnvironmentDeploymentPolicy(
                    f"{name}-{kind}-{pattern}",
                    repository=plan.repository,
                    environment=plan.environment,
                    branch_pattern=pattern if kind == "branch" else None,
                    tag_pattern=pattern if kind == "tag" else None,
                    opts=_importing(found.policies.get(pattern), with_environment),
                )
        for variable, value in plan.variables.items():
            github.ActionsEnvironmentVariable(
                f"{name}-variable-{variable}",
                repository=plan.repository,
                environment=plan.environment,
                variable_name=variable,
                value=value,
                opts=_importing(found.variables.get(variable), with_environment),
            )
        self.register_outputs({})


def _importing(id_: str | None, opts: pulumi.ResourceOptions) -> pulumi.ResourceOptions:
    return pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(import_=id_))


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
