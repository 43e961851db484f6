"""`strata vault …`: what an administrator does for each environment, once and again after a loss."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from strata import show
from strata.errors import UsageError
from strata.outcome import Exit

if TYPE_CHECKING:
    import hvac

    from model.layers import Stack
    from model.naming import Names
    from model.settings import Settings
    from strata.vault_roles import Doors
    from vault.seed import Given

app = typer.Typer(
    no_args_is_help=True, help="Vault: policies, secrets, Dokploy's token (needs an administrator's token)."
)

Environment = Annotated[str, typer.Argument(metavar="ENV", help="staging or production.")]
_STANDING = ("staging", "production")


@app.command()
def policies(
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Compare with the server; exit code 1 if they differ.")
    ] = False,
    apply: Annotated[bool, typer.Option("--apply", help="Write what is missing or different.")] = False,
) -> None:
    """Policies, and roles of jobs, generated from the paths that are read. Without an option: printed.

    A role is refused (exit code 1) while the gate of its GitHub environment is not as declared.
    """
    from strata.vault_roles import Doors, shown

    if check and apply:
        raise UsageError("--check and --apply are two different commands", next_step="choose one")
    slug, documents = _documents()
    if not check and not apply:
        for name, text in documents.items():
            typer.echo(f"# {name}\n{text}")
        show.as_json(shown(slug))
        return
    from strata.project import Project
    from vault.client import login

    client = login(os.environ)
    doors = Doors.of(os.environ, Project.here(), slug=slug)
    if apply:
        _apply(client, documents, doors)
    else:
        _check(client, documents, doors)


def _apply(client: "hvac.Client", documents: "dict[str, str]", doors: "Doors") -> None:
    from vault import policies as generated
    from vault.roles import named

    changed = generated.apply(client, documents, slug=doors.slug)
    changed += doors.apply(client)
    for name in (*documents, *(named(role) for role in doors.roles if role not in doors.refused)):
        typer.echo(f"{'written' if name in changed else 'unchanged'}  {name}")
    if doors.tell_refused(doors.there(client)):
        show.note(
            "Next: `pulumi up` of the stack by an administrator completes its gates, `strata audit` shows "
            "them; then `strata vault policies --apply` again."
        )
        raise typer.Exit(Exit.NOT_AS_IT_SHOULD_BE)


def _check(client: "hvac.Client", documents: "dict[str, str]", doors: "Doors") -> None:
    from vault import policies as generated

    found = generated.differences(client, documents, slug=doors.slug) + doors.differences(client)
    for difference in found:
        typer.echo(f"{difference.state}  {difference.name}")
        for line in difference.diff:
            typer.echo(f"    {line}")
    refused = doors.tell_refused(doors.there(client))
    if found or refused:
        show.note("Next: `strata vault policies --apply`; an unknown one is yours to look at and delete.")
        raise typer.Exit(Exit.NOT_AS_IT_SHOULD_BE)
    typer.echo(f"{len(documents)} policies and {len(doors.roles)} roles are as generated")


@app.command()
def seed(
    env: Environment,
    from_file: Annotated[
        Path | None,
        typer.Option(help="YAML with values of your own: `service: {KEY: value}`; the others are generated."),
    ] = None,
) -> None:
    """Write a value for each required key that has none. What is there is never overwritten."""
    from model.services import required_secrets
    from vault.client import login
    from vault.seed import seed as fill

    _, names, settings = _of(env)
    given = _given(from_file, names)
    report = fill(
        login(os.environ), mount=settings.vault_mount, required=required_secrets(names), given=given
    )
    for entry in report:
        done = f"added {', '.join(entry.added)}" if entry.added else "complete"
        typer.echo(f"{settings.vault_mount}/{entry.path}  version {entry.version}  {done}")
        if entry.ignored:
            patch = f"vault kv patch -mount={settings.vault_mount} {entry.path} {entry.ignored[0]}=-"
            kept = ", ".join(entry.ignored)
            show.note(f"{entry.path} keeps its {kept}, your value was not taken. To change it: {patch}")


@app.command()
def connect(env: Environment) -> None:
    """Give Dokploy a new token for the environment's secrets and revoke its previous one."""
    from dokploy_provider.client import Client
    from model.identity import observer_of
    from strata.dokploy_vault import VaultObject, hand_over
    from vault.client import login
    from vault.connect import connect as connected
    from vault.policies import dokploy_policy

    stack, names, settings = _of(env)
    dokploy = Client.from_env(os.environ)
    vault = login(os.environ)
    wanted = VaultObject(
        name=names.vault_provider,
        # as the program writes it: the provider's resource finds this object by its exact name, url and mount
        url=os.environ.get("DOKPLOY_VAULT_ADDR") or os.environ["VAULT_ADDR"],
        mount=settings.vault_mount,
    )
    policy = dokploy_policy(slug=names.slug, environment=stack.name)
    with show.progress(f"giving Dokploy a token with policy {policy}"):
        connection = connected(
            vault,
            mount=settings.vault_mount,
            path=names.vault_path("deploy"),
            policy=policy,
            display_name=f"dokploy-{names.vault_provider}",
            hand_over=lambda token: hand_over(dokploy, wanted, token),
            copies=[observer_of(stack.name).deploy_path(names.app)],
        )
    typer.echo(
        f"Dokploy's vault provider {wanted.name} reads {wanted.mount}/ at {wanted.url}; its token lives "
        f"{connection.period // 86_400} days after each `pulumi up`; tokens revoked: {connection.revoked}"
    )


def _of(name: str) -> "tuple[Stack, Names, Settings]":
    """A standing stack with its names and settings."""
    from model.layers import Stack
    from strata.project import Project

    stack = Stack.parse(name)
    if not stack.standing:
        raise UsageError(
            f"{name} has no secrets in Vault, only {' and '.join(_STANDING)} have",
            next_step="name one of them",
        )
    project = Project.here()
    return stack, project.names(stack), project.settings(stack)


def _documents() -> tuple[str, dict[str, str]]:
    """The application's slug, and its policies by name."""
    from model.services import required_secrets
    from vault.policies import Reads, documents

    stacks = [_of(name) for name in _STANDING]
    reads = [
        Reads(
            environment=stack.name,
            mount=settings.vault_mount,
            service_paths=tuple(required_secrets(names)),
        )
        for stack, names, settings in stacks
    ]
    names = stacks[0][1]
    return names.slug, documents(slug=names.slug, app=names.app, environments=reads)


def _given(file: Path | None, names: "Names") -> "Given | None":
    """The values of a user's file.

    Raises:
        UsageError: it is not `service: {KEY: value}`; the file's text is not repeated.
    """
    import yaml

    from vault.seed import Given

    if file is None:
        return None
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError):
        content = None
    if not isinstance(content, dict) or not all(isinstance(fields, dict) for fields in content.values()):
        raise UsageError(
            f"{file} cannot be read as YAML of the form `service: {{KEY: value}}`", next_step="correct it"
        )
    by_path = {
        names.vault_path(str(service)): {str(key): value for key, value in fields.items()}
        for service, fields in content.items()
    }
    return Given(by_path=by_path, in_urls=_in_urls(names))


def _in_urls(names: "Names") -> "dict[str, frozenset[str]]":
    """Vault path to the keys around which the app tier's variables compose URLs."""
    from collections import defaultdict

    from model.envtext import Reference
    from model.variables import app_variables

    values = app_variables(names, images=defaultdict(str), version="", url="").values()
    composed = [part for value in values if isinstance(value, tuple) for part in value]
    found: dict[str, frozenset[str]] = {}
    for part in composed:
        if isinstance(part, Reference):
            found[part.path] = found.get(part.path, frozenset()) | {part.key}
    return found
