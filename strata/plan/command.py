"""`strata plan`."""

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Annotated

import typer

from strata import show
from strata.outcome import Exit

if TYPE_CHECKING:
    from strata.plan.preview import Preview

_MARKER = "plan"
_ROOM = 5_000  # characters that are left for what stands around: the marker, other steps' summaries


def plan(
    *,
    stack: Annotated[
        list[str] | None, typer.Option(metavar="STACK", help="staging or production; more than once.")
    ] = None,
    release: Annotated[
        str | None,
        typer.Option(metavar="TAG", envvar="RELEASE", help="Plan for this release instead of what runs."),
    ] = None,
    pr: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Comment there; without: the job's pull request.")
    ] = None,
) -> None:
    """What this checkout would change: `pulumi preview` of each stack, in words and as diff.

    In a pull request's job it is one comment, edited each time, and the run's summary. Exit code 1 if a
    preview failed; the other stacks are shown all the same.
    """
    from model.layers import Stack
    from strata.actions import SUMMARY_LIMIT, Runner
    from strata.github import Client, comments
    from strata.plan.event import request, run_page
    from strata.plan.page import page
    from strata.plan.preview import Outcome, preview
    from strata.project import Project

    project = Project.here()
    names = list(dict.fromkeys(Stack.parse(name).name for name in stack or ("staging", "production")))
    with show.progress(f"previewing {' and '.join(names)}"), ThreadPoolExecutor(len(names)) as pool:
        previews = list(pool.map(lambda name: preview(project, name, env=os.environ, release=release), names))
    runner, about = Runner.here(), request(os.environ)
    if runner.is_one:
        runner.summary(page(previews, limit=SUMMARY_LIMIT - _ROOM, commit=about.commit, whole=True))
    _print(previews)
    number = pr or about.number
    if number is not None:
        body = page(previews, limit=comments.LONGEST - _ROOM, commit=about.commit, link=run_page(os.environ))
        with Client.from_env(os.environ, repository=project.repository(Stack.parse(names[0]))) as client:
            comments.put(client, number, marker=_MARKER, body=body)
        show.note(f"Commented on pull request {number}.")
    if any(one.outcome is Outcome.FAILED for one in previews):
        raise typer.Exit(Exit.NOT_AS_IT_SHOULD_BE)


def _print(previews: "list[Preview]") -> None:
    """In words, for the log and a person's terminal."""
    from strata.plan.page import condensed, headline

    lines = []
    for one in previews:
        lines.append(f"{one.stack}: {headline(one)}")
        for change in one.changes:
            names = f": {', '.join(change.properties)}" if change.properties else ""
            lines.append(f"  {change.kind} {change.name} ({change.type}){names}")
        lines += [f"  {line}" for text in (*one.warnings, one.message) for line in text.splitlines()]
        lines += condensed(one.diff).splitlines() if one.changes else []
    for line in lines:
        # The runner would take a line for a command that begins so, also behind blanks.
        typer.echo(f"| {line}" if line.lstrip().startswith(("::", "##[")) else line)
