r"""`.env` and `env_file` as Docker Compose 5.6.1 reads them (rules measured on 2026-11-23 with `config`).

Not python-dotenv: that one keeps the backslash of `\$`, which is how Dokploy writes a dollar sign.
"""

import re
from dataclasses import dataclass

from sandbox.engine.errors import ComposeFileError
from sandbox.engine.interpolation import Lookup, Warn, compose_substitute

_KEY = re.compile(r"\s*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_.\-\[\]]*)[ \t]*(=|:[ \t]?)?[ \t]*")
_ESCAPE = re.compile(r'\\([abcfnrtv$"\\])')
_ESCAPED = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", '"': '"', "\\": "\\"}
_COMMENT = re.compile(r"\s#")


@dataclass
class _Reader:
    text: str
    at: int = 0

    def line(self) -> str:
        end = self.text.find("\n", self.at)
        end = len(self.text) if end < 0 else end
        line, self.at = self.text[self.at : end], end + 1
        return line

    def quoted(self, quote: str) -> str:
        """The text within quotes; the rest of the closing quote's line is passed over."""
        start = self.at
        self.at = end = start + 1
        while (end := self.text.find(quote, end)) >= 0:
            before = self.text[self.at : end]
            if (len(before) - len(before.rstrip("\\"))) % 2 == 0:
                self.at = end + 1
                self.line()
                return before
            end += 1
        number, self.at = self.text.count("\n", 0, start) + 1, start
        raise ComposeFileError(f"line {number}: unterminated quoted value {self.line()}")


def parse(text: str, *, lookup: Lookup, warn: Warn) -> dict[str, str]:
    """Read variables.

    Args:
        text: the file.
        lookup: the environment around it; it wins over the file's own values in `$X`.
        warn: takes the name of a variable that a value uses and nobody sets.

    Returns:
        Values by name; a name without `=` takes the environment's value, and is left out when there is none.

    Raises:
        ComposeFileError: a quote that is not closed, or a line that is no variable.
        Required: `${X:?}` without a value.
        Invalid: a `${` that cannot be read.
    """
    found: dict[str, str] = {}

    def known(name: str) -> str | None:
        value = lookup(name)
        return found.get(name) if value is None else value

    reader = _Reader(text.replace("\r\n", "\n").removeprefix("\ufeff"))
    while reader.at < len(reader.text):
        key = _KEY.match(reader.text, reader.at)
        if key is None:
            _refuse_unless_empty(reader)
            continue
        reader.at = key.end()
        if key[2] is None:
            reader.line()
            inherited = lookup(key[1])
            if inherited is not None:
                found[key[1]] = inherited
            continue
        found[key[1]] = _value(reader, known, warn)
    return found


def _refuse_unless_empty(reader: _Reader) -> None:
    number = reader.text.count("\n", 0, reader.at) + 1
    line = reader.line().strip()
    if line and not line.startswith("#"):
        odd = next((c for c in line if not (c.isalnum() or c in "_.-")), line[0])
        raise ComposeFileError(f'line {number}: unexpected character "{odd}" in variable name "{line}"')


def _value(reader: _Reader, lookup: Lookup, warn: Warn) -> str:
    quote = reader.text[reader.at : reader.at + 1]
    if quote == "'":
        return reader.quoted(quote).replace("\\'", "'")
    if quote == '"':
        return compose_substitute(_ESCAPE.sub(_unescape, reader.quoted(quote)), lookup=lookup, warn=warn)
    line = reader.line()
    comment = _COMMENT.search(line)
    bare = line[: comment.start()] if comment else line
    return compose_substitute(bare.strip(), lookup=lookup, warn=warn)


def _unescape(match: re.Match[str]) -> str:
    if match[1] == "$":
        return "$$"
    return _ESCAPED.get(match[1], match[0])
