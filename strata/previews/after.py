"""`strata preview after`: tells what came of it, and proves that nothing is left of what went (P3, P4)."""

import typer

from dokploy_provider.errors import DokployError
from model.preview import preview_ref
from strata.errors import CommandError
from strata.github import comments, deployments
from strata.previews import tags
from strata.previews.comment import MARKER, State
from strata.previews.decision import Action, Outcome, Reason
from strata.previews.desk import Desk, Seen
from strata.previews.stacks import of
from strata.previews.steps import Steps
from strata.previews.unblock import restart, unblock

_NOT_KNOWN = Steps()


class Leftovers(CommandError):
    """Something of a preview is left; its pull request was told."""


def after(desk: Desk, number: int, *, action: Action, outcome: Outcome, steps: Steps = _NOT_KNOWN) -> None:
    """Tell what came of it.

    Args:
        desk: what it works with.
        number: of the pull request.
        action: what the job was about to do.
        outcome: how `pulumi` ended.
        steps: how those before it ended.

    Raises:
        Leftovers: a destroy left something.
        CommandError: GitHub, Dokploy or the backend refused or did not answer.
    """
    seen = desk.seen(number)
    if action is Action.DESTROY:
        _destroyed(desk, seen, outcome, steps)
    elif outcome is Outcome.SUCCESS:
        _up(desk, seen)
    elif outcome is Outcome.SKIPPED and steps.decided:
        _skipped(desk, seen)
    else:
        _failed(desk, seen, outcome, steps)


def _up(desk: Desk, seen: Seen) -> None:
    number, stack = seen.number, of(seen.number)
    commit = desk.stacks.commit(stack)
    if commit is None:
        raise CommandError(
            f"pr-{number}: `up` succeeded and the stack says no commit",
            next_step="`strata logs`, run it again",
        )
    push = desk.push(seen.memory, commit)
    _record(desk, number, commit=commit, state="success", url=desk.url(number))
    kept = preview_ref(stack, commit=commit)
    tags.remove(desk.github, seen.tags.get(number, frozenset()) - {kept})
    desk.tell(number, State.UP, push=push)
    desk.runner.summary(f"Preview `pr-{number}` is up with `{commit[:7]}`: {desk.url(number)}")


def _failed(desk: Desk, seen: Seen, outcome: Outcome, steps: Steps) -> None:
    number = seen.number
    asked = desk.runner.env.get("PREVIEW_COMMIT") or (seen.request.commit if seen.request else "")
    tried = outcome is not Outcome.SKIPPED
    why = "" if outcome is Outcome.FAILURE else "the run was cancelled" if tried else steps.why
    desk.runner.summary(
        f"Preview `pr-{number}`: `up` of `{asked[:7]}` ended with **{outcome}**"
        + (f": {why}." if why else ".")
    )
    if seen.request is None:
        return
    push = desk.push(seen.memory, asked)
    _record(desk, number, commit=asked, state="failure", url="")
    state = State.FAILED if tried else State.UNTRIED
    desk.tell(number, state, push=push, why=why, deployed=desk.deployed(number))


def _skipped(desk: Desk, seen: Seen) -> None:
    """Not failed: `before` has told why.

    GitHub has a record of this job and calls it a success with an address when the job ends. Where the place
    was taken by another since `look`, a run of its own takes that away afterwards. Only there: a commit that
    was refused would be refused again, for ever. And once for each event: a place that `look` does not see
    (a stack without a tag) would be come for without end. A run that was started by another takes its own
    record away at once, and if GitHub tells of it nevertheless, the sweep finds it.
    """
    name = of(seen.number).name
    waits = seen.memory is not None and seen.memory.state is State.WAITING
    kept = 0 if waits and desk.by_hand else 1
    for old in list(deployments.of(desk.github, name))[kept:]:
        deployments.remove(desk.github, old)
    if seen.records and waits and not desk.by_hand:
        restart(desk, seen.number)
    desk.runner.summary(f"Preview `{name}`: nothing was done, see its comment or the step before.")


def _record(desk: Desk, number: int, *, commit: str, state: str, url: str) -> None:
    """One record for the preview: GitHub's own of this job, the newest; the older ones go."""
    name = of(number).name
    records = list(deployments.of(desk.github, name))
    if not records:
        records = [deployments.create(desk.github, environment=name, commit=commit)]
    deployments.tell(desk.github, records[0], state=state, url=url, log_url=desk.run)
    for old in records[1:]:
        deployments.remove(desk.github, old)


def _destroyed(desk: Desk, seen: Seen, outcome: Outcome, steps: Steps) -> None:
    if outcome is not Outcome.SKIPPED or steps.decided:
        try:
            there = desk.stacks.numbers()
        except CommandError as error:
            _stuck(desk, seen, ["the state does not say whether its stack is gone"])
            raise Leftovers(f"pr-{seen.number}: {error}", next_step="run it again") from None
        _gone(desk, seen, outcome, there=there)
    # The tags stand for the previews, as in `look`: perhaps there is no way to the state.
    elif desk.decided(seen, previews=frozenset(seen.tags)).action is Action.DESTROY:
        _stuck(desk, seen, [f"nothing was removed: {steps.why}"])
        desk.runner.summary(f"Preview `pr-{seen.number}`: nothing was removed, since {steps.why}.")


def _stuck(desk: Desk, seen: Seen, left: list[str]) -> None:
    """Told where there is somebody to tell, and something that was told before."""
    if seen.request is not None and (seen.memory is not None or seen.traces):
        push = seen.memory.push if seen.memory else None
        desk.tell(seen.number, State.STUCK, push=push, left=tuple(left))


def _gone(desk: Desk, seen: Seen, outcome: Outcome, *, there: frozenset[int]) -> None:
    number = seen.number
    decision = desk.decided(seen, previews=there)
    if outcome is Outcome.SKIPPED and decision.action is not Action.DESTROY:
        desk.runner.summary(f"Preview `pr-{number}`: nothing was destroyed, since it is wanted now.")
        return
    left = _cleared(desk, number, in_state=number in there)
    if left:
        _stuck(desk, seen, left)
        raise Leftovers(f"pr-{number} is not wholly removed: {'; '.join(left)}", next_step="run it again")
    for record in deployments.of(desk.github, of(number).name):
        deployments.remove(desk.github, record)
    tags.remove(desk.github, seen.tags.get(number, frozenset()))
    _tell_gone(desk, seen, decision.reason, something=outcome is Outcome.SUCCESS)
    desk.runner.summary(f"Preview `pr-{number}` is gone ({decision.reason}), and nothing of it is left.")
    unblock(desk)


def _cleared(desk: Desk, number: int, *, in_state: bool) -> list[str]:
    if in_state:
        return [f"the stack pr-{number} is still in the state: its destroy did not end well"]
    try:
        left = desk.dokploy().clear(desk.names(number))
    except DokployError as error:
        return [f"it is not known what is left on the server: {error}"]
    for one in left:
        typer.echo(f"left: {one}", err=True)
    return left


def _tell_gone(desk: Desk, seen: Seen, reason: Reason, *, something: bool) -> None:
    """A pull request that never had a preview is not told that it has none."""
    if seen.request is None:
        return
    if reason is Reason.LIMIT:
        desk.tell(seen.number, State.WAITING, push=None)
        return
    if not (something or comments.find(desk.github, seen.number, marker=MARKER)):
        return
    push = seen.memory.push if seen.memory else None
    desk.tell(seen.number, State.GONE, push=push, reason=reason)
