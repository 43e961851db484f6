"""How the sandbox's state is shown to a person: a table in a terminal, plain lines elsewhere."""

import typer
from rich.console import Console
from rich.table import Table

from sandbox import daemon
from sandbox.folder import ENGINES, Engine, Folder


def status(folder: Folder) -> int:
    """Print the parts; 0 when all answer, 1 when one does not or nothing runs."""
    found = daemon.status(folder)
    if found is None:
        typer.echo(f"No sandbox is running in {folder.root}. Start it: `make sandbox`.")
        return 1
    typer.echo(f"It deploys to the {ENGINES[Engine(found['engine'])]}.")
    rows = [
        (part["name"], part["url"], "answers" if part["healthy"] else "does not answer")
        for part in found["parts"]
    ]
    console = Console()
    if console.is_terminal:
        table = Table("part", "address", "health", title=f"sandbox in {folder.root}, pid {found['pid']}")
        for row in rows:
            table.add_row(*row)
        console.print(table)
    else:
        for row in rows:
            typer.echo("\t".join(row))
    if not folder.seeded.exists():
        typer.echo("It was not seeded to the end; complete it: `make sandbox`.")
        return 1
    typer.echo(
        "Any command in it: strata sandbox exec COMMAND, for example\n"
        "  strata sandbox exec pulumi preview --stack staging\n"
        f"For other programs its environment variables: source {folder.env}"
    )
    return 0 if daemon.is_ready(found) else 1
