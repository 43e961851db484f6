"""`strata drift`."""

import os
from typing import TYPE_CHECKING, Annotated

import typer

from strata import show
from strata.errors import UsageError
from strata.outcome import Exit

if TYPE_CHECKING:
    from strata.drift.look import Drift

Standing = Annotated[str, typer.Argument(metavar="STACK", help="staging or production.")]


def drift(
    stack: Standing,
    *,
    issue: Annotated[
        bool | None,
        typer.Option("--issue/--no-issue", help="Keep one issue about it; by default in a workflow only."),
    ] = None,
) -> None:
    """Is a stack what its state says, are its gates as declared? Exit code 1: no, 3: it could not look.

    Renews Dokploy's token for Vault. GITHUB_TOKEN keeps the issue, STRATA_GITHUB_TOKEN looks, where set.
    """
    from model.layers import Stack
    from strata.actions import Runner
    from strata.drift.look import look
    from strata.drift.page import page, title
    from strata.project import Project

    parsed = Stack.parse(stack)
    if not parsed.standing:
        raise UsageError(
            f"{stack} is not looked at on schedule, staging and production are",
            next_step=f"`pulumi refresh --preview-only --stack {stack}`",
        )
    project, runner = Project.here(), Runner.here()
    with show.progress(f"looking at {stack}: state, gates, Dokploy's token"):
        found = look(project, parsed, env=os.environ)
    _print(found)
    if runner.is_one:
        text = f"{stack} is what its state says." if found.clean else f"## {title(found)}\n\n{page(found)}"
        runner.summary(text)
    if runner.is_one if issue is None else issue:
        show.note(_kept(found, repository=project.settings(parsed).repository))
    raise typer.Exit(found.code)


def _print(found: "Drift") -> None:
    for kind, lines in (
        ("drifted", found.moved),
        ("drifted", found.gates),
        ("token", found.token),
        ("not seen", found.unseen),
    ):
        for line in lines:
            typer.echo(f"{kind.ljust(8)}  {' '.join(line.split())}")
    if found.clean:
        typer.echo(f"{found.stack} is what its state says, its gates are as declared, Dokploy's token lives")
    elif found.code is Exit.FAILED:
        show.note("This says nothing about what is there. Next: `strata doctor`, then run it again.")


def _kept(found: "Drift", *, repository: str) -> str:
    from strata.drift.page import page, title
    from strata.github import Client, issues

    marker = f"drift-{found.stack}"
    with Client.from_env(os.environ, repository=repository) as client:
        if found.clean:
            closed = issues.close(client, marker=marker)
            return f"Closed issue {', '.join(map(str, closed))}." if closed else "No issue is open about it."
        number = issues.put(client, marker=marker, title=title(found), body=page(found))
    return f"Issue {number} says so."
