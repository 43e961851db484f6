"""`strata verify`."""

import os
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from strata import show

if TYPE_CHECKING:
    from strata.github import Client
    from strata.project import Project


class Part(StrEnum):
    """What can be looked at alone."""

    COMPOSE = "compose"
    WORKFLOWS = "workflows"
    HEALTH = "health"


def verify(
    stack: Annotated[
        str | None,
        typer.Argument(metavar="[STACK]", help="local, ci, pr-<n>, staging or production; without: all."),
    ] = None,
    *,
    only: Annotated[list[Part] | None, typer.Option(help="Only this part; more than once.")] = None,
) -> None:
    """Look at what was promised and change nothing: compose files, workflows, /health of what runs.

    Exit code 1 if something is wrong, 3 if something could not be looked at.
    """
    from model.layers import Stack
    from strata.health import transport
    from strata.project import Project
    from strata.verify.addresses import verify_addresses
    from strata.verify.compose import EVERY, verify_compose
    from strata.verify.finding import Finding, outcome, print_findings
    from strata.verify.workflows import verify_workflows

    project = Project.here()
    asked = [Stack.parse(stack)] if stack else []
    parts = set(only or Part)
    findings: list[Finding] = []
    with show.progress(f"looking at {', '.join(part for part in Part if part in parts)}"):
        if Part.COMPOSE in parts:
            findings += verify_compose(project, asked or [Stack.parse(name) for name in EVERY])
        if Part.WORKFLOWS in parts:
            findings += verify_workflows(project.program, github=lambda: _client(project))
        if Part.HEALTH in parts:
            findings += verify_addresses(project, asked, through=transport(os.environ))
    print_findings(findings)
    raise typer.Exit(outcome(findings))


def _client(project: "Project") -> "Client":
    from model.layers import Stack
    from strata.github import Client

    return Client.from_env(os.environ, repository=project.repository(Stack.parse("staging")))
