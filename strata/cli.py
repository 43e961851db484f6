"""The `strata` command. Rooms are imported when their command runs, so that `--help` stays quick."""

import os
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from strata import ci, login_commands, sandbox, show, smoke_commands, vault_commands
from strata.audit.command import audit
from strata.drift.command import drift
from strata.errors import UsageError
from strata.lock import commands as lock_commands
from strata.outcome import EPILOGUE, Commands, Exit
from strata.plan import command as plan_command
from strata.previews import commands as preview_commands
from strata.release import commands as release_commands
from strata.verify import command as verify_command

app = typer.Typer(
    cls=Commands,
    name="strata",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    help="What an operator asks and does around `pulumi up`.",
    epilog=EPILOGUE,
)
app.add_typer(vault_commands.app, name="vault")
app.add_typer(sandbox.app, name="sandbox")
app.add_typer(ci.app, name="ci")
app.command()(login_commands.login)
app.command()(login_commands.logout)
app.add_typer(lock_commands.app, name="lock")
app.command()(plan_command.plan)
app.command()(verify_command.verify)
app.add_typer(release_commands.evidence, name="evidence")
app.add_typer(release_commands.release, name="release")
app.add_typer(release_commands.images, name="images")
app.add_typer(release_commands.rollback, name="rollback")
app.add_typer(preview_commands.app, name="preview")
app.command(name="sweep")(preview_commands.sweep_)
app.command()(smoke_commands.smoke)
app.command()(smoke_commands.monitor)
app.command()(audit)
app.command()(drift)

StackName = Annotated[str, typer.Argument(metavar="STACK", help="local, ci, pr-<n>, staging or production.")]
AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]


@app.command()
def status(*, json: AsJson = False) -> None:
    """All stacks: version, health, last deployment, age, how the last update ended, drift, address."""
    from strata.health import transport
    from strata.project import Project
    from strata.status import collect, print_status

    with show.progress("asking the backend and each stack's /health"):
        rows = collect(Project.here(), through=transport(os.environ))
    print_status(rows, json=json)


@app.command()
def doctor(
    *,
    setup: Annotated[
        bool,
        typer.Option("--setup", help="From nothing to the first green staging: what is next."),
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="For programs; with --setup.")] = False,
) -> None:
    """Check every prerequisite and say what to do; exit code 1 if one fails or, with --setup, is to do."""
    from strata.doctor import examine, print_findings

    if setup:
        from strata import setup as steps

        raise typer.Exit(steps.print_looks(steps.examine(os.environ, start=Path.cwd()), json=json))
    if json:
        raise UsageError("--json is for --setup", next_step="`strata doctor --setup --json`")
    failed = print_findings(examine(os.environ, start=Path.cwd()))
    if failed:
        raise typer.Exit(Exit.NOT_AS_IT_SHOULD_BE)


@app.command()
def pins(
    *,
    check: Annotated[bool, typer.Option("--check", help="Ask each registry for newer tags.")] = False,
    json: AsJson = False,
) -> None:
    """The pinned images; --check: exit code 1 if one is behind, 3 if a registry could not be asked."""
    from strata.pins import listed, looked_up, outcome, print_pins

    if not check:
        print_pins(listed(), json=json)
        return
    with show.progress("asking each image's registry for newer tags"):
        found = looked_up(os.environ)
    print_pins(found, json=json)
    raise typer.Exit(outcome(found))


@app.command()
def logs(
    stack: StackName,
    tail: Annotated[int, typer.Option(min=1, max=3000, help="Lines of each log.")] = 60,
    service: Annotated[str | None, typer.Option(help="Only this service's containers.")] = None,
) -> None:
    """The newest deployment's log and the containers' logs, credentials masked."""
    from dokploy_provider.client import Client
    from model.layers import Stack
    from strata.logs import sections
    from strata.project import Project

    names = Project.here().names(Stack.parse(stack))
    with closing(Client.from_env(os.environ)) as client:
        for section in sections(client, names, tail=tail, only=service):
            typer.echo(f"== {section.title}")
            for line in section.lines:
                typer.echo(line)


@app.command()
def releases(stack: StackName, *, json: AsJson = False) -> None:
    """The releases that a stack has verified, newest first; * runs."""
    from model.layers import Stack
    from strata.project import Project
    from strata.releases import print_releases

    print_releases(Project.here(), Stack.parse(stack), json=json)


@app.command()
def layers(
    write: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Renew the table in a document instead.")
    ] = None,
) -> None:
    """The six layers as a Markdown table, as the documentation has it."""
    from model.layers import markdown_table
    from strata import document

    if write is None:
        typer.echo(markdown_table())
    else:
        document.renew(write, "layers", markdown_table())


if __name__ == "__main__":
    app()
