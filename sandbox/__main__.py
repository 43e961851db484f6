"""`python -m sandbox`: everything that the stacks deploy to, on this machine, without an account anywhere."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from sandbox import daemon
from sandbox.errors import PORT_TAKEN, PortTaken, SandboxError
from sandbox.folder import Engine, Folder

app = typer.Typer(
    name="sandbox",
    help="Dokploy, OpenBao, GitHub's gates, a registry and an ingress on this machine.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Place = Annotated[
    Path | None,
    typer.Option(
        "--dir", help="The sandbox's folder; default $STRATA_SANDBOX_DIR, else .sandbox in the checkout."
    ),
]


def _say(text: str) -> None:
    typer.echo(f"  {text}", err=True)


def _folder(place: Path | None) -> Folder:
    return Folder(place) if place else Folder.default()


@app.command()
def up(
    place: Place = None,
    ports: Annotated[
        int | None, typer.Option(help="The first of nine ports in a row; default: free ones.")
    ] = None,
    engine: Annotated[
        Engine | None,
        typer.Option(
            help="What is deployed to: `simulated` (default) runs nothing, `docker` is this machine's Docker."
        ),
    ] = None,
) -> None:
    """Start the sandbox, or find it running, and return when everything is ready."""
    folder = _folder(place)
    same = engine is None or engine is folder.engine
    if ports is None and same and folder.seeded.exists() and daemon.is_current(daemon.status(folder)):
        typer.echo(f"The sandbox in {folder.root} is running.")
        return
    from sandbox.start import start

    start(folder, first_port=ports, say=_say, engine=engine)
    typer.echo(f"The sandbox in {folder.root} is ready.")


@app.command()
def down(
    place: Place = None,
    *,
    erase: Annotated[
        bool, typer.Option("--erase", help="Remove the folder too: the next `up` starts anew.")
    ] = False,
    force: Annotated[
        bool,
        typer.Option("--force", help="With --erase: also when something of it stays in the Docker Engine."),
    ] = False,
) -> None:
    """Stop the sandbox; its state stays for the next `up`."""
    folder = _folder(place)
    typer.echo("The sandbox is stopped." if daemon.stop(folder) else "No sandbox was running.")
    if folder.is_there and folder.has_used_docker:
        from sandbox.docker import setup

        if erase:
            setup.erase(folder, _say, force=force)
        else:
            setup.tell_what_stays(folder, _say)
    if erase:
        folder.erase()
        typer.echo(f"{folder.root} is gone.")


@app.command()
def status(place: Place = None) -> None:
    """Show the parts, where they listen and whether they answer; exit code 1 when one does not."""
    from sandbox import shown

    raise typer.Exit(shown.status(_folder(place)))


@app.command(
    "exec",
    context_settings={
        "allow_extra_args": True,
        "ignore_unknown_options": True,
        "allow_interspersed_args": False,
    },
)
def execute(
    context: typer.Context,
    place: Place = None,
    *,
    administrator: Annotated[
        bool,
        typer.Option("--administrator", help="With the token of Vault's administrator (`strata vault …`)."),
    ] = False,
) -> None:
    """Run COMMAND… with the sandbox's environment, in the folder of its stack files."""
    from sandbox.runner import Runner

    if not context.args:
        typer.echo("Which command? For example: strata sandbox exec pulumi preview --stack staging", err=True)
        raise typer.Exit(2)
    Runner(_folder(place), administrator=administrator).replace(context.args)


@app.command()
def deploy(
    place: Place = None,
    stack: Annotated[str, typer.Option(help="The stack.")] = "staging",
    release: Annotated[str | None, typer.Option(help="The version, as a tag in the registry.")] = None,
) -> None:
    """Bring a stack up in the sandbox and show what runs."""
    from rich.console import Console

    from sandbox.deploy import deploy as run

    raise typer.Exit(run(_folder(place), stack=stack, release=release, console=Console()))


@app.command()
def destroy(
    place: Place = None,
    stack: Annotated[str | None, typer.Option(help="The stack; default: all of them.")] = None,
) -> None:
    """Destroy what was deployed in the sandbox; starts it for that when it rests."""
    from rich.console import Console

    from sandbox.deploy import destroy as run
    from sandbox.start import start

    folder = _folder(place)
    if not folder.seeded.exists():
        typer.echo("There is no sandbox, hence nothing to destroy.")
        return
    start(folder, first_port=None, say=_say)
    raise typer.Exit(run(folder, stack=stack, console=Console()))


@app.command()
def release(
    version: Annotated[str, typer.Argument(help="The tag, e.g. v1.2.0.")],
    place: Place = None,
    backend: Annotated[
        Path | None, typer.Option(help="Folder with the backend's Dockerfile; default: apps/backend.")
    ] = None,
    frontend: Annotated[
        Path | None, typer.Option(help="Folder with the frontend's Dockerfile; default: apps/frontend.")
    ] = None,
) -> None:
    """Build the application and bring it into the registry as one more version; for `--engine docker`."""
    from sandbox.docker import setup

    commit = setup.publish(_folder(place), version, {"backend": backend, "frontend": frontend}, _say)
    typer.echo(f"{version} (commit {commit}) can be deployed: strata sandbox deploy --release {version}")


@app.command(hidden=True)
def serve(place: Place = None) -> None:
    """Be the daemon, in the foreground; `up` starts it."""
    from sandbox.serve import run

    try:
        run(_folder(place))
    except PortTaken as error:
        typer.echo(f"sandbox: {error}", err=True)
        raise typer.Exit(PORT_TAKEN) from None


def main() -> None:
    """Run the command; an error that a person can mend is a text, not a traceback.

    Usage lines say `strata sandbox`, as people call it: `-m sandbox` needs the project's Python on PATH.
    """
    try:
        app(prog_name="strata sandbox")
    except SandboxError as error:
        typer.echo(f"sandbox: {error}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
