"""`strata login` and `strata logout` at the command line."""

from typing import Annotated

import typer

Environment = Annotated[str, typer.Option(help="The GitHub environment that the job names.")]


def login(environment: Environment) -> None:
    """In a job: GitHub's signature for it becomes short-lived credentials of its later steps."""
    from strata.actions import Runner
    from strata.login import login as log_in
    from strata.project import Project

    typer.echo(log_in(environment, runner=Runner.here(), project=Project.here()))


def logout() -> None:
    """In a job: give the credentials back; fails for nothing."""
    from strata.actions import Runner
    from strata.login import logout as log_out

    for line in log_out(runner=Runner.here()):
        typer.echo(line)
