"""A deploy job may not change a gate, and says so before it has changed anything else.

Its token reads only. Left to the provider the run ends at the first resource with a 403, which names neither
the gate nor who may change it (measured with provider 6.15 on 2026-11-23); and a reviewer rule that somebody
removed by hand is no change to the provider at all, so the job would pass a gate that stands open.
"""

from collections.abc import Mapping

import pulumi

from components.gate_found import Found
from model.gate_seen import gate_differences
from model.plan import Plan
from model.ruleset_seen import ruleset_differences


def is_held(env: Mapping[str, str], *, dry_run: bool) -> bool:
    """Whether this run may not change gates: an `up` of a job that `strata login` gave its token, read-only.

    A preview may show such a change; and tests that run on a runner are no deployment.

    Args:
        env: of the program.
        dry_run: a preview.
    """
    return env.get("GITHUB_ACTIONS") == "true" and "STRATA_GITHUB_TOKEN" in env and not dry_run


def require_unchanged(plan: Plan, found: Found) -> None:
    """Refuse a run whose gates are not at GitHub what the plan says.

    Raises:
        pulumi.RunError: with each difference and who can set it right.
    """
    told = [
        f"gate {gate.environment}: {difference}"
        for gate in plan.gates
        for difference in gate_differences(gate, found.gates.get(gate.environment))
    ]
    if plan.ruleset:
        told += [
            f"ruleset {plan.ruleset.name}: {difference}"
            for difference in ruleset_differences(plan.ruleset, found.ruleset)
        ]
    if told:
        lines = "\n".join(f"  {line}" for line in told)
        raise pulumi.RunError(
            f"The gates at GitHub are not those of this program, and a deploy job may not change a gate; "
            f"nothing was changed:\n{lines}\n"
            f"Next: an administrator runs `strata audit`, then `pulumi up --refresh --stack {plan.stack}` "
            "with their own GITHUB_TOKEN, outside of GitHub Actions; then run this job again."
        )
