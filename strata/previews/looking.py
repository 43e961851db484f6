"""`strata preview look`: what a pull request's state asks for now, without any credential but GitHub's."""

from strata.previews.comment import State
from strata.previews.decision import Action, Decision, Reason
from strata.previews.desk import Desk, Seen


def look(desk: Desk, number: int) -> Decision:
    """Decide, and tell the pull request when it gets no preview.

    Outputs of the step: `action` (up, destroy, none), `reason`, `url`.

    Raises:
        GithubError: GitHub refused or did not answer.
    """
    seen = desk.seen(number)
    # The tags stand for the previews: who looks here has no way to the state.
    decision = desk.decided(seen, previews=frozenset(seen.tags))
    if decision.action is Action.NONE:
        _tell(desk, seen, decision.reason)
    desk.runner.output("action", decision.action)
    desk.runner.output("reason", decision.reason)
    desk.runner.output("url", desk.url(number))
    return decision


def _tell(desk: Desk, seen: Seen, reason: Reason) -> None:
    """Above the limit visibly (P6); a comment that says something else than is true is corrected."""
    if reason is Reason.LIMIT:
        desk.tell(seen.number, State.WAITING, push=None)  # its time counts from when it is there
    elif seen.memory is not None and seen.memory.state is not State.GONE:
        desk.tell(seen.number, State.GONE, push=seen.memory.push, reason=reason)
