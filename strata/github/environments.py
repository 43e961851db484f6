"""Environments of a repository: their rules and the names of what they hold; read only."""

from pydantic import ValidationError

from model.gate_seen import SeenGate
from strata.github.client import Client
from strata.github.errors import GithubError, Missing
from strata.github.shapes import Shape

_VARIABLES_A_PAGE = 30


class _Secret(Shape):
    name: str


def gate(client: Client, environment: str, *, variables: bool = False) -> SeenGate | None:
    """`GET …/environments/{environment}` and `…/deployment-branch-policies`.

    Args:
        client: needs `actions: read`.
        environment: its name.
        variables: read them too, which needs `environments: read`.

    Returns:
        `None` if there is no such environment.

    Raises:
        GithubError: it cannot be seen, or the answer is not as documented.
    """
    place = f"environments/{environment}"
    try:
        document = client.get(place)
    except Missing:
        return None
    policies = list(client.pages(f"{place}/deployment-branch-policies", key="branch_policies"))
    listed = (
        list(client.pages(f"{place}/variables", key="variables", per_page=_VARIABLES_A_PAGE))
        if variables
        else None
    )
    try:
        return SeenGate.parse(document, policies=policies, variables=listed)
    except (ValidationError, TypeError, KeyError):
        raise GithubError(
            f"GitHub's answer about the environment {environment} is not as documented",
            next_step="check GITHUB_API_URL: something in front of GitHub may have answered",
        ) from None


def secret_names(client: Client, environment: str) -> tuple[str, ...]:
    """`GET …/environments/{environment}/secrets`: names, sorted; needs `environments: read`.

    Raises:
        GithubError: they cannot be seen.
    """
    return _names(client, f"environments/{environment}/secrets")


def repository_secret_names(client: Client) -> tuple[str, ...]:
    """`GET …/actions/secrets`: names that every job of the repository can have; needs `secrets: read`.

    Raises:
        GithubError: they cannot be seen.
    """
    return _names(client, "actions/secrets")


def _names(client: Client, place: str) -> tuple[str, ...]:
    return tuple(sorted(_Secret.read(one).name for one in client.pages(place, key="secrets")))
