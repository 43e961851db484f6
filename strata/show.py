"""What a person sees: colours and a spinner on a terminal, plain complete lines anywhere else (O2)."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import typer


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table on standard output. Not on a terminal: columns aligned with blanks, nothing cut off."""
    if not sys.stdout.isatty():
        widths = [max(len(line[i]) for line in (columns, *rows)) for i in range(len(columns))]
        for line in (columns, *rows):
            cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
            typer.echo("  ".join(cells).rstrip())
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(*columns, box=None, header_style="bold")
    for row in rows:
        drawn.add_row(*map(Text, row))  # as text: a bracket in it is no markup
    Console().print(drawn)


def as_json(value: Mapping[str, Any] | Sequence[Any]) -> None:
    """JSON on standard output, for programs."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False))


@contextmanager
def progress(what: str) -> Iterator[None]:
    """Say on standard error what is being waited for: a spinner on a terminal, else one line."""
    if not sys.stderr.isatty():
        typer.echo(f"{what} …", err=True)
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(f"{what} …"):
        yield


def note(text: str) -> None:
    """A line beside the result, on standard error, so that the result can be piped."""
    typer.echo(text, err=True)
