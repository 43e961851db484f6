"""`strata audit`."""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from strata import show

if TYPE_CHECKING:
    from strata.github import Client


def reader(env: Mapping[str, str], *, repository: str) -> "Client":
    """GitHub as whoever looks at gates: a job by the token that `strata login` made, a person by their own.

    Args:
        env: of the command.
        repository: its name, without the owner.

    Raises:
        strata.github.errors.NotConfigured: the token is missing, or nothing says whose repository.
    """
    from strata.github import Client

    token = env.get("STRATA_GITHUB_TOKEN") or env.get("GITHUB_TOKEN", "")
    return Client.from_env({**env, "GITHUB_TOKEN": token}, repository=repository)


def audit(
    *,
    stack: Annotated[
        list[str] | None, typer.Option(help="staging or production; without it both and the repository.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Compare the gates at GitHub with the declared ones; exit code 1: they differ, 3: it could not look."""
    from strata.audit.declared import STANDING, declared
    from strata.audit.looking import look
    from strata.audit.report import print_report
    from strata.project import Project

    wanted = declared(Project.here(), stack or STANDING)
    with (
        show.progress("asking GitHub for its gates"),
        reader(os.environ, repository=wanted.repository) as client,
    ):
        report = look(client, wanted, repository=not stack)
    print_report(report, json=json)
    raise typer.Exit(report.code)
