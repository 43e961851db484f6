"""The steps at GitHub that come before anything of ours runs there."""

from strata.github.errors import Missing
from strata.setup.step import Answer, Step, ok, to_do
from strata.setup.world import World

VARIABLE = "VAULT_ADDR"
_PRIVATE = "; private: what its plan lacks is in the guide"


def administrator(world: World) -> Answer:
    """`GET /repos/{owner}/{repo}`: gates are made by someone who administers the repository."""
    if unset := world.unset(
        {
            "GITHUB_OWNER": "export GITHUB_OWNER=<organisation or user>",
            "GITHUB_TOKEN": "gh auth login --scopes repo && export GITHUB_TOKEN=$(gh auth token)",
        }
    ):
        return to_do(f"{' and '.join(unset[0])} not set", command=unset[1])
    try:
        found = world.github.get("")
    except Missing:
        return to_do(
            f"{world.github.repository} does not exist, or this token may not see it",
            command=f"gh repo create {world.github.repository} --private --source . --push",
        )
    if not (found.get("permissions") or {}).get("admin"):
        return to_do(
            f"this token does not administer {world.github.repository}",
            command="gh auth login --scopes repo && export GITHUB_TOKEN=$(gh auth token)",
        )
    return ok(f"you administer {world.github.repository}{_PRIVATE if found.get('private') else ''}")


def vault_address(world: World) -> Answer:
    """`GET /repos/{owner}/{repo}/actions/variables/VAULT_ADDR`: all that a workflow is told by hand."""
    wanted = str(world.vault.url)
    repository = world.github.repository
    command = f"gh variable set {VARIABLE} --repo {repository} --body '{wanted}'"
    try:
        there = str(world.github.get(f"actions/variables/{VARIABLE}")["value"])
    except Missing:
        return to_do(f"the repository has no variable {VARIABLE}", command=command)
    if there.rstrip("/") != wanted:
        return to_do(f"workflows ask Vault at {there}, you at {wanted}", command=command)
    return ok(f"workflows ask Vault at {there}")


REPOSITORY = Step(name="repository", check=administrator, after=("project",))
VAULT_ADDRESS = Step(name="vault-address", check=vault_address, after=("repository", "vault"))
