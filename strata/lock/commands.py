"""`strata lock`: whose turn it is at a stack."""

import os
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from strata import show

if TYPE_CHECKING:
    from strata.lock.keeper import Keeper

T = TypeVar("T")

app = typer.Typer(help="Whose turn it is at a stack: a marker beside its state.", no_args_is_help=True)

StackName = Annotated[str, typer.Argument(metavar="STACK", help="local, ci, pr-<n>, staging or production.")]
Pid = Annotated[
    int | None,
    typer.Option(help="The process that holds it; without: this terminal, in a job the run.", min=1),
]
_CLOUD = "Pulumi Cloud leases a stack to one run itself: no marker is needed."
_PAUSE = 10.0


@app.command()
def take(
    stack: StackName,
    *,
    wait: Annotated[int, typer.Option(metavar="MINUTES", min=0, help="Wait as long for its owner.")] = 0,
    pid: Pid = None,
) -> None:
    """Take a stack before changing it; clears what a run left that is over.

    Stops with owner, age and the next command while somebody else has it.
    """
    from strata.lock.errors import Held
    from strata.lock.owner import Owner

    keeper = _keeper(stack)
    if keeper is None:
        show.note(_CLOUD)
        return
    me = Owner.here(os.environ, now=datetime.now(UTC), pid=pid)
    cleared = patiently(lambda: keeper.take(me), Held, seconds=wait * 60)
    for told in cleared.told:
        show.note(f"{stack}: {told}")
    show.note(f"{stack} is ours: {me.told(me.time)}, marker {me.id}.")
    if any("lock of" in told for told in cleared.told):
        show.note(
            f"An engine was killed here. Next: `pulumi up --refresh --stack {stack}` finds what it left."
        )


@app.command()
def release(
    stack: StackName,
    *,
    of: Annotated[
        str | None, typer.Option(metavar="ID", help="Somebody else's marker, once you know that it ended.")
    ] = None,
    pid: Pid = None,
) -> None:
    """Give a stack back; only our own marker, unless --of names another one."""
    from strata.lock.owner import Owner

    keeper = _keeper(stack)
    if keeper is None:
        show.note(_CLOUD)
        return
    now = datetime.now(UTC)
    gone = keeper.break_open(of) if of else keeper.release(Owner.here(os.environ, now=now, pid=pid))
    if gone:
        show.note(f"{stack} is free.")
        return
    show.note(f"{stack}: there is no marker {of}." if of else f"{stack} was not ours: nothing was removed.")
    for owner in keeper.holders():
        show.note(f"{stack} is held by {owner.told(now)}, marker {owner.id}.")


def patiently(
    ask: Callable[[], T],
    refusal: type[Exception],
    *,
    seconds: float,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> T:
    """Ask again until it is not refused, for so long; then the refusal goes on."""
    until = clock() + seconds
    while True:
        try:
            return ask()
        except refusal as held:
            if clock() >= until:
                raise
            show.note(f"{held} Waiting.")
            sleep(_PAUSE)


def _keeper(name: str) -> "Keeper | None":
    """The markers of a stack, `None` where the backend needs none."""
    from model.layers import Stack
    from strata import engine
    from strata.github import Client
    from strata.lock.keeper import Keeper
    from strata.lock.store import open_store
    from strata.project import Project

    project = Project.here()
    stack = Stack.parse(name)
    store = open_store(engine.backend(project), folder=project.folder)
    if store is None:
        return None
    return Keeper(
        store=store,
        project=project.name,
        stack=stack.name,
        github=lambda: Client.from_env(_with_token(os.environ), repository=project.repository(stack)),
    )


def _with_token(env: Mapping[str, str]) -> Mapping[str, str]:
    """The job's own token, else the one that `strata login` was given: both may read runs."""
    return {**env, "GITHUB_TOKEN": env.get("GITHUB_TOKEN") or env.get("STRATA_GITHUB_TOKEN", "")}
