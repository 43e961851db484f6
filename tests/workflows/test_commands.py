"""W4: each step is a command that exists, with the options that it is given."""

import re
import subprocess

import pytest
from typer.core import TyperGroup
from typer.exceptions import TyperException
from typer.main import get_command

from strata.cli import app
from tests.workflows.documents import ROOT, all_of_them, jobs
from tests.workflows.rules import commands

VALUES = {
    "$COMMIT": "a" * 40,
    "$NUMBER": "12",
    "pr-$NUMBER": "pr-12",
    "$OUTCOME": "success",
    "$LOGIN": "success",
    "$BEFORE": "success",
    "$LOCK": "skipped",
    "$JOB": "failure",
    "$TAG": "v1.0.1",
}


def lines(program: str) -> list[list[str]]:
    """The different commands of a program, without its name."""
    found = {
        tuple(VALUES.get(word, word) for word in words[1:])
        for _, _, body in jobs(all_of_them())
        for words in commands(body)
        if words[0] == program
    }
    return [list(words) for words in sorted(found)]


def shown(words: list[str]) -> str:
    return " ".join(words)


def parse(words: list[str]) -> None:
    """By the command itself, which is not run; raises `TyperException` for what it does not take."""
    command, context, name, rest = get_command(app), None, "strata", words
    while isinstance(command, TyperGroup):
        context = command.make_context(name, [], parent=context, resilient_parsing=True)
        found, below, rest = command.resolve_command(context, rest)
        if below is None:
            raise TyperException(f"strata has no command {words}")
        command, name = below, str(found)
    command.make_context(name, list(rest), parent=context)


@pytest.mark.parametrize("words", lines("strata"), ids=shown)
def test_w4_strata_takes_what_a_step_gives_it(words: list[str]) -> None:
    parse(words)


@pytest.mark.parametrize(
    "words",
    [
        ["deploy"],
        ["preview", "remove"],
        ["login", "--env", "plan"],
        ["preview", "look"],
        ["lock", "take"],
        ["monitor", "production", "--minutes", "many"],
        ["smoke", "staging", "production"],
    ],
    ids=shown,
)
def test_w4_what_strata_does_not_take_is_found(words: list[str]) -> None:
    with pytest.raises(TyperException):
        parse(words)


@pytest.mark.parametrize("words", lines("make"), ids=shown)
def test_w4_make_has_the_target(words: list[str]) -> None:
    (target,) = words

    assert re.search(rf"^{target}:.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.e2e
@pytest.mark.parametrize("words", lines("pulumi"), ids=shown)
def test_w4_the_engine_knows_the_options(words: list[str]) -> None:
    verb = [word for word in words[:2] if not word.startswith("-")]
    done = subprocess.run(["pulumi", *verb, "--help"], capture_output=True, text=True, check=True, timeout=60)

    for option in (word for word in words if word.startswith("--")):
        assert re.search(rf"(?<![\w-]){option}\b", done.stdout), option
