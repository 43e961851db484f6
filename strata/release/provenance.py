"""Who does this, and in which run: for records."""

import getpass
from collections.abc import Mapping


def who(env: Mapping[str, str]) -> str:
    """GITHUB_TRIGGERING_ACTOR (who asked for this attempt), GITHUB_ACTOR, or this machine's user."""
    given = env.get("GITHUB_TRIGGERING_ACTOR") or env.get("GITHUB_ACTOR")
    if given:
        return given
    try:
        return f"{getpass.getuser()} (no run)"
    except (KeyError, OSError):  # a user without a name, as in a container
        return "unknown (no run)"


def run_url(env: Mapping[str, str]) -> str:
    """Address of this run's attempt, empty outside a run."""
    run, repository = env.get("GITHUB_RUN_ID"), env.get("GITHUB_REPOSITORY")
    if not run or not repository:
        return ""
    server = env.get("GITHUB_SERVER_URL", "https://github.com").rstrip("/")
    attempt = env.get("GITHUB_RUN_ATTEMPT", "1")
    return f"{server}/{repository}/actions/runs/{run}/attempts/{attempt}"
