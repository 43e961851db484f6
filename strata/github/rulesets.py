"""Rulesets of a repository; read only."""

from pydantic import ValidationError

from model.ruleset_seen import SeenRuleset, is_of_repository
from strata.github.client import Client
from strata.github.errors import Forbidden, GithubError

_PLAN = "Upgrade to GitHub"


class NotInPlan(GithubError):
    """GitHub's plan of the owner does not have rulesets for this repository."""


def ruleset(client: Client, name: str) -> SeenRuleset | None:
    """`GET …/rulesets`, then the one of that name with its rules.

    Args:
        client: needs `metadata: read`; who may bypass it is shown to those only who may write it.
        name: of a ruleset of the repository itself.

    Returns:
        `None` if there is none.

    Raises:
        NotInPlan: a private repository of a free plan has none.
        GithubError: it cannot be seen, or the answer is not as documented.
    """
    try:
        listed = list(client.pages("rulesets"))
    except Forbidden as refusal:
        if _PLAN not in str(refusal):
            raise
        raise NotInPlan(
            "GitHub has no rulesets for a private repository of a free plan: nothing keeps a push from main",
            next_step="make the repository public or choose a paid plan; docs/setup.md says what each has",
        ) from None
    number = next((one["id"] for one in listed if is_of_repository(one, name)), None)
    if number is None:
        return None
    try:
        return SeenRuleset.parse(client.get(f"rulesets/{number}"))
    except ValidationError:
        raise GithubError(
            f"GitHub's answer about the ruleset {name} is not as documented",
            next_step="check GITHUB_API_URL: something in front of GitHub may have answered",
        ) from None
