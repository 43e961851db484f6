"""A place that becomes free goes to the pull request that waits longest, by an event and not by luck (P6)."""

import typer

from strata.errors import CommandError
from strata.github import dispatches, pulls
from strata.github.errors import GithubError
from strata.previews.comment import State
from strata.previews.decision import Action
from strata.previews.desk import MAIN, WORKFLOW, Desk, Seen, as_request


def waiting(desk: Desk) -> list[int]:
    """Those that were told to wait and may come now, the oldest first, as many as there are places.

    Raises:
        CommandError: GitHub or the backend refused or did not answer.
    """
    there = desk.stacks.numbers()
    found = list[int]()
    for pull in sorted(pulls.all_open(desk.github), key=lambda one: one.number):
        if len(there) + len(found) >= desk.rules.limit:
            break
        if pull.number in there:
            continue
        memory = desk.memory(pull.number)
        if memory is None or memory.state is not State.WAITING:
            continue
        request = as_request(pull, repository=desk.github.repository)
        seen = Seen(number=pull.number, request=request, memory=memory)
        if desk.decided(seen, previews=there).action is Action.UP:
            found.append(pull.number)
    return found


def start(desk: Desk, number: int) -> None:
    """Start the pull request's own workflow, in its own concurrency group (W1).

    Raises:
        GithubError: GitHub refused, or the answer was lost: then it may run, and once more does no harm.
    """
    dispatches.start(desk.github, WORKFLOW, ref=MAIN, inputs={"number": str(number)})


def unblock(desk: Desk) -> None:
    """Start those that may come now. That it fails fails nobody else: the hourly sweep starts them then."""
    try:
        numbers = waiting(desk)
    except CommandError as error:
        typer.echo(f"who waits for a place cannot be asked: {error} The hourly sweep does it.", err=True)
        return
    for number in numbers:
        restart(desk, number)


def restart(desk: Desk, number: int) -> None:
    """Start one again; that it fails is told and no more, since the hourly sweep does it too."""
    try:
        start(desk, number)
    except GithubError as error:
        typer.echo(f"pr-{number} could not be started: {error} The hourly sweep does it.", err=True)
    else:
        typer.echo(f"pr-{number} is started once more")
