"""What a command line says about stacks, before it runs in the sandbox."""

import re
from collections.abc import Sequence
from pathlib import Path

_STACK_OPTION = re.compile(r"--stack=(.+)")
_SHORT = re.compile(r"-s(.+)")
_MADE_FOR_YOU = re.compile(r"local|ci|staging|production|pr-[1-9][0-9]*")
_PREVIEW = re.compile(r"pr-[1-9][0-9]*")
_RUNS_PROGRAM = {"up", "update", "preview", "pre", "watch"}


def stack_of(command: Sequence[str]) -> str | None:
    """The stack that a `pulumi` command names by `--stack X`, `--stack=X`, `-s X` or `-sX`."""
    words = _pulumi(command)
    for place, word in enumerate(words):
        if word in ("--stack", "-s"):
            return words[place + 1] if place + 1 < len(words) else None
        if found := _STACK_OPTION.fullmatch(word) or _SHORT.fullmatch(word):
            return found[1]
    return None


def is_made_for_you(stack: str, command: Sequence[str]) -> bool:
    """Whether a missing stack is made before this command.

    A misspelt one is not: it shall reach Pulumi's own error. Nor is one for `stack init` and `stack rm`.
    """
    return bool(_MADE_FOR_YOU.fullmatch(stack)) and _pulumi(command)[:2] not in (
        ["stack", "init"],
        ["stack", "rm"],
    )


def needs_preview(stack: str, command: Sequence[str]) -> bool:
    """Whether the command runs the program for a pull request's stack, hence needs its commit."""
    return bool(_PREVIEW.fullmatch(stack)) and bool(_RUNS_PROGRAM & set(_pulumi(command)))


def _pulumi(command: Sequence[str]) -> list[str]:
    """The words after `pulumi`, also behind `env NAME=value` or `time`; empty when it is another program."""
    for place, word in enumerate(command):
        if Path(word).name == "pulumi":
            return list(command[place + 1 :])
    return []
