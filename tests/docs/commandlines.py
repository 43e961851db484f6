"""The command lines that a document shows, word by word."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PLAYBOOKS = ROOT / "docs/playbooks.md"
_PROGRAMS = ("strata", "pulumi", "bao", "gh")
_ASSIGNMENT = re.compile(r"[A-Z_]+=")
_BETWEEN = {"&&", "||", "|", ";", "&"}
_IN_SANDBOX = ["strata", "sandbox", "exec"]


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One command.

    Attributes:
        words: program first, without the variables in front of it.
        line: as it stands in the document.
    """

    words: tuple[str, ...]
    line: str

    @property
    def options(self) -> list[str]:
        """Names of its options, without their values; what stands after `--` is another program's."""
        words = self.words[: self.words.index("--")] if "--" in self.words else self.words
        return [word.partition("=")[0] for word in words[1:] if re.match(r"--?[a-z]", word)]

    @property
    def places(self) -> list[str]:
        """Words that are no options."""
        return [word for word in self.words[1:] if not word.startswith("-")]


def blocks(title: str) -> list[list[str]]:
    """The lines of each block of commands below a playbook's title."""
    _, found, rest = PLAYBOOKS.read_text(encoding="utf-8").partition(f"## {title}\n")
    if not found:
        raise LookupError(title)
    text = rest.partition("\n## ")[0]
    return [block.strip().splitlines() for block in re.findall(r"```\n(.*?)```", text, re.DOTALL)]


def code(document: Path) -> list[str]:
    """Blocks and inline pieces of code; a line that ends with a backslash goes on."""
    text = document.read_text(encoding="utf-8").replace("\\\n", " ")
    fence = re.compile(r"^ *```\w*\n(.*?)^ *```", re.DOTALL | re.MULTILINE)
    # a piece may run over the end of a line
    return fence.findall(text) + re.findall(r"`([^`]+)`", fence.sub("", text))


def shown(document: Path, program: str) -> Iterator[Shown]:
    """Each command of a program, also one behind `strata sandbox exec`."""
    for piece in code(document):
        for line in piece.splitlines() if "\n" in piece.strip() else [piece]:
            for words in _commands(line):
                if words[0] == program:
                    yield Shown(words=tuple(words), line=line.strip())


def _commands(line: str) -> Iterator[list[str]]:
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|&;")
    lexer.whitespace_split = True
    try:
        words = list(lexer)
    except ValueError:  # a sentence with an apostrophe
        return
    command: list[str] = []
    for word in [*words, ";"]:
        if word not in _BETWEEN:
            command.append(word)
            continue
        while command and _ASSIGNMENT.match(command[0]):
            command.pop(0)
        if command and command[0] in _PROGRAMS:
            yield command
        if command[:3] == _IN_SANDBOX and command[3:4]:
            yield command[3:]
        command = []
