"""`strata preview …` and `strata sweep`: from words and environment to the desk, and back to lines."""

import os
import re
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from strata import show
from strata.actions import Runner
from strata.errors import UsageError
from strata.outcome import Commands
from strata.previews.decision import Action, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from strata.previews.desk import Desk

app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    help="What surrounds `pulumi up --stack pr-<n>` in a workflow.",
)
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")

Number = Annotated[str, typer.Option("--pr", metavar="N", help="Number of the pull request.")]
Doing = Annotated[Action, typer.Option("--action", help="What this job is about to do.")]


@app.command(name="look")
def look_(pr: Number) -> None:
    """What the pull request's state asks for now: outputs action, reason, url."""
    from strata.previews.looking import look

    number = _number(pr)
    with _desk() as desk:
        decision = look(desk, number)
    typer.echo(f"pr-{number}: {decision.action} ({decision.reason})")


@app.command(name="before")
def before_(pr: Number, action: Doing) -> None:
    """Look again, check and pin the commit, take a place: outputs go, sets PREVIEW_*."""
    from strata.previews.before import before

    number, doing = _number(pr), _doing(action)
    with _desk() as desk:
        before(desk, number, action=doing)


@app.command(name="after")
def after_(
    pr: Number,
    action: Doing,
    outcome: Annotated[Outcome, typer.Option("--outcome", help="How the step with `pulumi` ended.")],
    *,
    go: Annotated[str, typer.Option("--go", help="Output of `before`; empty: it came to none.")] = "",
    login: Annotated[Outcome, typer.Option("--login", help="How `strata login` ended.")] = Outcome.SUCCESS,
    step: Annotated[Outcome, typer.Option("--before", help="How `before` ended.")] = Outcome.SUCCESS,
    lock: Annotated[Outcome, typer.Option("--lock", help="How `strata lock take` did.")] = Outcome.SUCCESS,
    job: Annotated[Outcome, typer.Option("--job", help="The job's status so far.")] = Outcome.SUCCESS,
) -> None:
    """Comment, deployment record, tags; after a destroy the proof that nothing is left."""
    from strata.previews.after import after
    from strata.previews.steps import Steps

    number, doing = _number(pr), _doing(action)
    steps = Steps(
        go={"true": True, "false": False}.get(go),
        ended={"login": login, "before": step, "lock": lock},
        cancelled=job is Outcome.CANCELLED,
    )
    with _desk() as desk:
        after(desk, number, action=doing, outcome=outcome, steps=steps)


def sweep_(
    *, dry_run: Annotated[bool, typer.Option("--dry-run", help="List only, start nothing.")] = False
) -> None:
    """Start a run for each preview that is not as its pull request asks: closed, expired, orphaned (P5)."""
    from strata.previews.sweep import sweep

    with _desk() as desk:
        found = sweep(desk, dry_run=dry_run)
        rows = [(f"pr-{f.number}", str(f.action), str(f.reason), ", ".join(f.where)) for f in found]
        if rows:
            show.table(("PREVIEW", "ACTION", "REASON", "SHOWN BY"), rows)
            desk.runner.summary("\n".join(f"- `{row[0]}`: {row[1]} ({row[2]}): {row[3]}" for row in rows))
        show.note(
            f"{len(found)} to do" + (", nothing was started: a dry run" if dry_run else ", all started")
        )


def _number(text: str) -> int:
    """A pull request's number; anything else is refused before anything is asked."""
    if not _NUMBER.fullmatch(text):
        raise UsageError(
            "--pr is not the number of a pull request", next_step="give a number from 1, as in --pr 12"
        )
    return int(text)


def _doing(action: Action) -> Action:
    if action is Action.NONE:
        raise UsageError("--action none: then there is nothing to do", next_step="give up or destroy")
    return action


@contextmanager
def _desk() -> "Iterator[Desk]":
    from dokploy_provider.context import Context
    from strata.github import Client
    from strata.previews.desk import Desk
    from strata.previews.server import Server
    from strata.previews.stacks import PulumiStacks, of
    from strata.project import Project

    project = Project.find(os.environ, start=Path.cwd())
    # One stack file for all previews there is none of: what they differ in is their number.
    settings = project.settings(of(1))
    opened: list[Server] = []

    def dokploy() -> Server:
        if not opened:
            opened.append(Server(here=Context.from_env(os.environ), project=project.name))
        return opened[0]

    with closing(Client.from_env(os.environ, repository=settings.repository)) as github:
        try:
            yield Desk(
                github=github,
                settings=settings,
                stacks=PulumiStacks(project=project, env=os.environ),
                dokploy=dokploy,
                runner=Runner.here(),
                now=lambda: datetime.now(UTC),
            )
        finally:
            for server in opened:
                server.here.client.close()
