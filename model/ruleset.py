"""What guards the branch that everything is deployed from."""

from dataclasses import dataclass

GITHUB_ACTIONS = 15_368
"""The App whose checks count: a status of the same name could be set by any token that may write statuses.

GitHub's own number on github.com (looked up 2026-11-23); another server has another one.
"""

REQUIRED_CHECK = "required"
"""The job of ci.yml that needs all others (W3)."""


@dataclass(frozen=True, kw_only=True)
class RulesetPlan:
    """A ruleset: a reviewed pull request and the aggregate check; no force push, no deletion.

    What is on main runs with the credentials of staging, of previews and of scheduled looks: somebody else
    has read it, as it is merged. Rulesets add up: one of the team's own may ask for more approvals.

    Attributes:
        repository: its name, without the owner.
        name: of the ruleset; unique in a repository.
        branches: refs that it guards.
        checks: that must have succeeded.
        integration: id of the App that must have reported them.
        approvals: that a pull request needs at least; a later push takes them back.
    """

    repository: str
    name: str = "strata-main"
    branches: tuple[str, ...] = ("refs/heads/main",)
    checks: tuple[str, ...] = (REQUIRED_CHECK,)
    integration: int = GITHUB_ACTIONS
    approvals: int = 1
