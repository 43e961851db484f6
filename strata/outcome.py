"""How a command ends: its exit code, and one paragraph instead of a traceback."""

import os
import sys
import traceback
from enum import IntEnum
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from strata.errors import UsageError


class Exit(IntEnum):
    """Exit codes of every command; the epilogue of `strata --help` says the same."""

    OK = 0
    NOT_AS_IT_SHOULD_BE = 1
    USAGE = 2
    FAILED = 3
    DEFECT = 70


EPILOGUE = (
    "Exit codes: 0 done; 1 looked, and something is not as it should be (doctor: a check failed, policies "
    "--check: a difference); 2 wrong usage; 3 refused or failed, the message says by whom and what to do "
    "next; 70 a defect of strata; 130 interrupted. STRATA_DEBUG=1 shows tracebacks, which may hold what "
    "messages leave out. `strata sandbox` has the exit codes of the commands it runs."
)

# The rooms' error trees. Their texts are meant for the user; a room that was not imported has not raised.
_TREES = (
    ("strata.errors", "CommandError"),
    ("model.errors", "StrataError"),
    ("vault.errors", "VaultError"),
    ("dokploy_provider.errors", "DokployError"),
)
_WRONG_WORDS = (("model.errors", "UnknownStack"),)


class Commands(TyperGroup):
    """A group whose commands end with a message and a code, whatever is raised in them."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command.

        Raises:
            typer.Exit: with the code that the error stands for.
        """
        try:
            return super().invoke(ctx)
        except (typer.Exit, typer.Abort, TyperException, BrokenPipeError):
            raise  # typer's own: it prints usage and knows a reader that has left
        except Exception as error:  # noqa: BLE001 - the top: a defect ends with a message too
            if os.environ.get("STRATA_DEBUG"):
                traceback.print_exc()
            raise typer.Exit(_ended(error)) from None


def _ended(error: Exception) -> Exit:
    if isinstance(error, _roots(_TREES)):
        typer.echo(f"strata: {error}", err=True)
        return Exit.USAGE if isinstance(error, (UsageError, *_roots(_WRONG_WORDS))) else Exit.FAILED
    place = traceback.extract_tb(error.__traceback__)[-1]
    # The text of an error that nobody thought of may hold anything, so it is not shown.
    typer.echo(
        f"strata: a defect of strata, {type(error).__name__} at {Path(place.filename).name}:{place.lineno}. "
        "Next: run it again with STRATA_DEBUG=1 and report the traceback without secrets.",
        err=True,
    )
    return Exit.DEFECT


def _roots(trees: tuple[tuple[str, str], ...]) -> tuple[type[Exception], ...]:
    return tuple(getattr(sys.modules[room], root) for room, root in trees if room in sys.modules)
