"""`strata doctor --setup`: from nothing to the first green staging, step by step (docs/setup.md).

Every look can be repeated and changes nothing; what is to do is done by the commands that are printed, so
that nobody has to trust a program with all keys at once.
"""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import typer

from strata import show
from strata.outcome import Exit
from strata.setup import app, credentials, dokploy, github, here, stacks, vault
from strata.setup.step import Look, State, Step, first_undone, looked
from strata.setup.world import World

STEPS: tuple[Step, ...] = (
    here.TOOLS,
    here.PROJECT,
    github.REPOSITORY,
    here.STATE,
    vault.VAULT,
    vault.KV,
    vault.VAULT_ADDRESS,
    vault.POLICIES,
    vault.SECRETS,
    dokploy.DOKPLOY,
    dokploy.CONNECTED,
    here.DNS,
    dokploy.CERTIFICATE,
    app.GITHUB_APP,
    *credentials.CREDENTIALS,
    credentials.PREVIEW_KEY,
    stacks.IMAGES,
    stacks.FIRST_UP,
    stacks.AUDIT,
    vault.ROLES,
    stacks.GREEN,
)
"""In the order in which they are done."""

_COLOURS = {State.OK: "green", State.TO_DO: "yellow", State.NOT_SEEN: "red"}


def examine(env: Mapping[str, str] = os.environ, *, start: Path) -> Iterator[Look]:
    """Each step's look, as it is made.

    Args:
        env: of the administrator who sets up.
        start: where the project is looked for.
    """
    with World(env=env, start=start) as world:
        yield from looked(STEPS, world)


def print_looks(looks: Iterable[Look], *, json: bool) -> Exit:
    """A line for each look as it comes, then the first step that is not done; or all of it as JSON.

    Returns:
        0 all done; 1 something is to do; 3 nothing is, as far as could be seen, and not all could be.
    """
    if json:
        made = list(looks)
        show.as_json([_row(look) for look in made])
        return _exit(made)
    made = []
    for look in looks:
        made.append(look)
        state = typer.style(look.answer.state.ljust(8), fg=_COLOURS[look.answer.state])
        typer.echo(f"{state}  {look.step.name.ljust(_WIDTH)}  {look.answer.text}")
    typer.echo()
    _print_next(made)
    return _exit(made)


def _print_next(made: Sequence[Look]) -> None:
    undone = first_undone(made)
    if undone is None:
        typer.echo(f"All {len(made)} steps are done. Next: push a commit to main, it travels by itself.")
        return
    number = made.index(undone) + 1
    typer.echo(f"Next: step {number} of {len(made)}, {undone.step.name} ({undone.step.guide}):")
    typer.echo(f"    {undone.answer.command or 'strata doctor --setup'}")


def _row(look: Look) -> dict[str, str]:
    return {
        "step": look.step.name,
        "state": str(look.answer.state),
        "text": look.answer.text,
        "command": look.answer.command,
        "guide": look.step.guide,
    }


def _exit(made: Sequence[Look]) -> Exit:
    states = {look.answer.state for look in made}
    if State.TO_DO in states:
        return Exit.NOT_AS_IT_SHOULD_BE
    return Exit.FAILED if State.NOT_SEEN in states else Exit.OK


_WIDTH = max(len(step.name) for step in STEPS)
