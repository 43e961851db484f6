"""What GitHub does to pull requests whose branch is deleted: it closes them."""

from sandbox.github import issues
from sandbox.world import World


def close_pulls(world: World, branch: str) -> None:
    """Close the open pull requests of a branch that is gone; their commits stay under `refs/pull/`."""
    for row in world.store.table("github.issue").where(state="open"):
        pull = row["pull"]
        if pull and pull["head"] == branch and pull["fork"] is None:
            issues.set_state(world, row["number"], "closed")
