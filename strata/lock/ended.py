"""Whether the owner of a marker has ended: asked of GitHub for a run, of this machine for a terminal."""

from collections.abc import Callable
from dataclasses import dataclass

from strata.github import Client, runs
from strata.github.errors import GithubError, Missing
from strata.lock.owner import Owner, is_alive, started


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What is known of an owner.

    Attributes:
        over: it has ended, or it is ourselves.
        why: how that is known; of one that may go on, why it is believed to.
    """

    over: bool
    why: str


def judge(owner: Owner, me: Owner, *, github: Callable[[], Client]) -> Verdict:
    """Whether a marker's owner has ended.

    Args:
        owner: of the marker.
        me: who asks.
        github: the repository's client, made when a run is asked about.
    """
    if owner.is_same_as(me):
        return Verdict(over=True, why="it is our own")
    if owner.run is not None:
        return _of_run(owner, github)
    if not owner.is_of_machine(me):
        return Verdict(over=False, why="it is another machine's, so its end cannot be seen from here")
    if is_alive(owner.pid) and started(owner.pid) == owner.started:
        return Verdict(over=False, why="that process still runs")
    return Verdict(over=True, why="that process has ended")


def _of_run(owner: Owner, github: Callable[[], Client]) -> Verdict:
    try:
        client = github()
        if client.repository.lower() != owner.repository.lower():
            return Verdict(over=False, why="it is another repository's, whose runs are not asked for")
        run = runs.get(client, owner.run or 0)
    except Missing:
        return Verdict(over=False, why="GitHub shows no such run to this token")
    except GithubError as error:
        return Verdict(over=False, why=f"GitHub could not be asked about it ({_what(error)})")
    if run.attempt > owner.attempt:
        return Verdict(over=True, why=f"attempt {run.attempt} of that run has begun since")
    if run.status == "completed":
        return Verdict(over=True, why=f"that run is over ({run.conclusion or 'completed'})")
    return Verdict(over=False, why=f"that run is {run.status}")


def _what(error: GithubError) -> str:
    return str(error).partition(". Next: ")[0]
