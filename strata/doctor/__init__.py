"""Every prerequisite of a deployment, looked at one by one (O1); nothing is changed."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import typer

from model.layers import Stack
from model.naming import Names
from model.settings import Settings
from strata import engine
from strata.doctor import dokploy, github, previews, registry, tools, vault
from strata.doctor.finding import Finding, Findings, Level, guarded, ok
from strata.project import Project
from vault.client import login

_STANDING = ("staging", "production")


@dataclass
class _Known:
    """What the project says; stays empty without one."""

    name: str = ""
    stacks: list[tuple[Names, Settings]] = field(default_factory=list)

    @property
    def settings(self) -> Settings | None:
        return self.stacks[0][1] if self.stacks else None


def examine(env: Mapping[str, str] = os.environ, *, start: Path) -> Findings:
    """All findings, as they are made. What is not configured is a finding too, and the rest goes on.

    Args:
        env: as the program will see it.
        start: where the project is looked for.
    """
    known = _Known()
    yield from guarded("tools", lambda: tools.check(env))
    yield from guarded("project", lambda: _project(env, start, known))
    yield from guarded("dokploy", lambda: dokploy.check(env, [names for names, _ in known.stacks]))
    mounts = [(names, settings.vault_mount) for names, settings in known.stacks]
    yield from guarded("vault", lambda: vault.check(env, mounts))
    yield from guarded("previews", lambda: _previews(env, known))
    settings = known.settings
    yield from guarded("github", lambda: github.check(env, settings.repository if settings else None))
    images = dict(settings.images) if settings else {}
    users = {settings.registry_username for _, settings in known.stacks} - {""}
    pulls_as = " and ".join(sorted(users))
    yield from guarded("registry", lambda: registry.check(env, images, logs_in_as=pulls_as))


def print_findings(findings: Iterable[Finding]) -> bool:
    """One line for each, as it comes; whether one of them is a failure."""
    failed = False
    for finding in findings:
        failed = failed or finding.level is Level.FAIL
        level = typer.style(finding.level.ljust(4), fg=_COLOURS[finding.level])
        typer.echo(f"{level}  {finding.subject.ljust(8)}  {finding.text}")
    return failed


_COLOURS = {Level.OK: "green", Level.WARN: "yellow", Level.FAIL: "red"}


def _previews(env: Mapping[str, str], known: _Known) -> Findings:
    """Nothing without a project or a token: both are told by their own checks."""
    settings = known.settings
    if settings is None or not env.get("VAULT_ADDR") or not env.get("VAULT_TOKEN"):
        return
    yield from previews.check(login(env), previews.of(settings, project=known.name, stacks=_STANDING))


def _project(env: Mapping[str, str], start: Path, known: _Known) -> Findings:
    """The project's file, the settings of the standing stacks, the backend."""
    project = Project.find(env, start=start)
    stacks = [Stack.parse(name) for name in _STANDING]
    known.name = project.name
    known.stacks = [(project.names(stack), project.settings(stack)) for stack in stacks]
    yield ok(
        "project", f"{project.name} in {project.folder}, settings of {' and '.join(_STANDING)} are valid"
    )
    names = [entry.name for entry in engine.stacks(project, env)]
    yield ok("backend", f"answers; stacks: {', '.join(names) or 'none yet'}")
