"""`strata smoke` and `strata monitor`."""

import json
import os
from collections.abc import Callable
from typing import Annotated

import typer

from strata.actions import Runner
from strata.markdown import plain
from strata.outcome import Exit

StackName = Annotated[str, typer.Argument(metavar="STACK", help="local, ci, pr-<n>, staging or production.")]
Commit = Annotated[
    str | None,
    typer.Option(metavar="SHA", help="That must answer; else the one that the stack says it runs."),
]
Url = Annotated[str | None, typer.Option(help="Ask this address, and no state; with --commit.")]
Elsewhere = Annotated[
    str | None,
    typer.Option(
        metavar="URL",
        help="Asked where nothing answers, to know whether there is a network; else GitHub's API.",
    ),
]


def smoke(
    stack: StackName,
    *,
    commit: Commit = None,
    url: Url = None,
    window: Annotated[float, typer.Option(min=1, max=3600, help="Seconds to become right within.")] = 60,
    elsewhere: Elsewhere = None,
) -> None:
    """Ask a stack what a visitor asks, three rounds in a row: health, page, API, and one commit everywhere.

    Exit code 1 if something is not right, 3 if this machine has no network. Outputs `digests`, `release`,
    `commit` and `verified`.
    """
    from model.layers import Stack
    from model.routing import smoke_probes
    from strata.project import Project
    from strata.smoke import smoke as check
    from strata.target import Target

    target = Target.of(Project.here(), Stack.parse(stack), commit=commit, url=url, env=os.environ)
    report = check(
        smoke_probes(target.url),
        target.expected,
        through=target.through(os.environ),
        window=window,
        elsewhere=_elsewhere(elsewhere),
    )
    runner = Runner.here()
    said = "is right" if report.passed else "could not be asked" if report.unseen else "is not right"
    typer.echo(f"{stack} {said}: {report}")
    if runner.is_one:
        mark = "passed" if report.passed else "failed"
        runner.summary(f"### Smoke checks of {stack}: {mark}\n\n{plain(str(report), longest=600)}\n")
    if not report.passed:
        raise typer.Exit(Exit.FAILED if report.unseen else Exit.NOT_AS_IT_SHOULD_BE)
    runner.output("commit", report.commit or "")
    runner.output("verified", f"smoke: {report}")
    if target.release:
        runner.output("release", target.release.version)
        runner.output("digests", json.dumps(target.release.digests, separators=(",", ":")))


def monitor(
    stack: StackName,
    minutes: Annotated[float, typer.Option(min=0.01, max=240, help="How long.")],
    *,
    commit: Commit = None,
    url: Url = None,
    elsewhere: Elsewhere = None,
) -> None:
    """Watch a stack for a stated time; each request that fails counts.

    Output `result`. Exit code 0: `steady`; 1: `interrupted`, `down` or `wrong`; 3: `unseen`, this machine
    has no network. What to do next stands below the result.
    """
    from model.layers import Stack
    from model.routing import smoke_probes
    from strata.monitor import monitor as watch
    from strata.project import Project
    from strata.target import Target

    target = Target.of(Project.here(), Stack.parse(stack), commit=commit, url=url, env=os.environ)
    typer.echo(f"watching {target.url} for {minutes:g} minutes", err=True)
    seen = watch(
        smoke_probes(target.url),
        target.expected,
        seconds=minutes * 60,
        through=target.through(os.environ),
        elsewhere=_elsewhere(elsewhere),
        say=lambda line: typer.echo(line, err=True),
    )
    runner = Runner.here()
    runner.output("result", seen.result)
    runner.output("verified", f"monitored: {seen}")
    typer.echo(f"{stack}: {seen}")
    step = seen.next_step(stack)
    if step:
        typer.echo(f"Next: {step}.", err=True)
    if runner.is_one:
        told = f"{plain(str(seen), longest=600)}\n" + (f"\nNext: {step}.\n" if step else "")
        runner.summary(f"### Monitoring of {stack}: {seen.result}\n\n{told}")
    if seen.exit:
        raise typer.Exit(seen.exit)


def _elsewhere(url: str | None) -> Callable[[], bool]:
    from strata.elsewhere import answers
    from strata.github.client import api_of

    return lambda: answers(url or api_of(os.environ), os.environ)
