"""The step at GitHub that comes before anything of ours runs there."""

from strata.github.errors import Missing
from strata.setup.step import Answer, Step, ok, to_do
from strata.setup.world import World

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


REPOSITORY = Step(name="repository", check=administrator, after=("project",))
