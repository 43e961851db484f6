"""The ruleset in front of main: everything that staging and production run comes through it.

Booleans are written out: the provider sends what is left out as GitHub's default, which the next refresh
shows as a change (provider 6.15).
"""

import pulumi
import pulumi_github as github

from model.plan import RulesetPlan
from model.ruleset_seen import SeenRuleset, ruleset_differences


class RepositoryGate(pulumi.ComponentResource):
    """A ruleset: a reviewed pull request and the aggregate check; it stays when its stack is destroyed.

    Args:
        name: of the component; its child's name begins with it.
        plan: the rules.
        found: what stands at GitHub already, for a stack whose state may not know it.
    """

    def __init__(
        self,
        name: str,
        *,
        plan: RulesetPlan,
        found: SeenRuleset | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("strata:layers:RepositoryGate", name, {"ruleset": plan.name}, opts)
        github.RepositoryRuleset(
            f"{name}-ruleset",
            name=plan.name,
            repository=plan.repository,
            target="branch",
            enforcement="active",
            conditions=github.RepositoryRulesetConditionsArgs(
                ref_name=github.RepositoryRulesetConditionsRefNameArgs(
                    includes=list(plan.branches), excludes=[]
                )
            ),
            rules=_rules(plan),
            opts=pulumi.ResourceOptions.merge(
                pulumi.ResourceOptions(parent=self, retain_on_delete=True), _taken_over(plan, found)
            ),
        )
        self.register_outputs({})


def _rules(plan: RulesetPlan) -> github.RepositoryRulesetRulesArgs:
    return github.RepositoryRulesetRulesArgs(
        deletion=True,
        non_fast_forward=True,
        pull_request=github.RepositoryRulesetRulesPullRequestArgs(
            allowed_merge_methods=["merge", "squash", "rebase"],
            dismiss_stale_reviews_on_push=True,
            require_code_owner_review=False,
            require_last_push_approval=False,
            required_approving_review_count=plan.approvals,
            required_review_thread_resolution=False,
        ),
        required_status_checks=github.RepositoryRulesetRulesRequiredStatusChecksArgs(
            required_checks=[
                github.RepositoryRulesetRulesRequiredStatusChecksRequiredCheckArgs(
                    context=check, integration_id=plan.integration
                )
                for check in plan.checks
            ],
            strict_required_status_checks_policy=False,
            do_not_enforce_on_create=False,
        ),
    )


def _taken_over(plan: RulesetPlan, found: SeenRuleset | None) -> pulumi.ResourceOptions:
    """GitHub takes no second one of a name, and an import of other rules fails: the next `up` sets those."""
    if found is None:
        return pulumi.ResourceOptions()
    if ruleset_differences(plan, found):
        pulumi.log.warn(
            f"The ruleset {plan.name} at GitHub differs and is taken over as it is. "
            "Next: `strata audit`, then run this once more with --refresh, which sets it right."
        )
    return pulumi.ResourceOptions(
        import_=f"{plan.repository}:{found.id}", ignore_changes=["enforcement", "conditions", "rules"]
    )
