"""`strata sandbox …`: hands its words to `python -m sandbox`, whose code this command does not import."""

import os
import sys
from typing import NoReturn

import typer

app = typer.Typer(help="Everything the stacks deploy to, on this machine.", no_args_is_help=True)

_PASSED_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "allow_interspersed_args": False}
_COMMANDS = {
    "up": "Start it, or find it running, and return when everything is ready.",
    "down": "Stop it; its state stays, unless --erase is given.",
    "status": "Show its parts and whether they answer.",
    "exec": "Run a command with its environment, in the folder of its stack files.",
    "deploy": "Bring a stack up in it and show what runs.",
    "destroy": "Destroy what was deployed in it.",
    "release": "Build the application into its registry as one more version (--engine docker).",
}


def _hand_over(name: str, words: list[str]) -> NoReturn:
    """Become `python -m sandbox NAME WORDS…`: terminal, signals and exit code are its own."""
    os.execv(sys.executable, [sys.executable, "-m", "sandbox", name, *words])  # noqa: S606  # no shell is wanted


def _add(name: str, text: str) -> None:
    @app.command(name, help=text, context_settings=_PASSED_ON, add_help_option=False)
    def command(context: typer.Context) -> None:
        _hand_over(name, context.args)


for _name, _text in _COMMANDS.items():
    _add(_name, _text)
