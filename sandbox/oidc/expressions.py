"""GitHub's `${{ … }}` as far as it stands in the name of an environment: paths, literals, `||`, `&&`, `==`,
`!=`, `!`, parentheses and `format`. What else there is is refused, so that no claim is made up.
"""

import re
from collections.abc import Mapping
from typing import Any

from sandbox.errors import SandboxError

_EMBEDDED = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>-?\d+(?:\.\d+)?)|(?P<path>[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*)"
    r"|(?P<sign>\|\||&&|==|!=|!|\(|\)|,))"
)
_WORDS = {"true": True, "false": False, "null": None}
_PLACE = re.compile(r"\{(\d+)\}")


class Unresolved(SandboxError):
    """An expression that this resolver does not know, or a context that nobody gave."""


def resolve(text: str, contexts: Mapping[str, Any]) -> str:
    """A text with its expressions replaced by what they stand for.

    Args:
        text: as in the workflow file.
        contexts: `github`, `inputs`, `needs`, `vars`, …

    Raises:
        Unresolved: an expression is not understood.
    """
    return _EMBEDDED.sub(lambda found: _shown(_Reader(found[1], contexts).value()), text)


class _Reader:
    """Reads one expression; each method takes what binds tighter than the method before."""

    def __init__(self, text: str, contexts: Mapping[str, Any]) -> None:
        self._text = text.strip()
        self._contexts = contexts
        self._tokens = self._taken_apart()

    def value(self) -> Any:
        found = self._either()
        if self._tokens:
            raise self._unknown(self._tokens[0][1])
        return found

    def _taken_apart(self) -> list[tuple[str, str]]:
        found, place = [], 0
        while place < len(self._text):
            match = _TOKEN.match(self._text, place)
            if match is None or match.lastgroup is None:
                raise self._unknown(self._text[place:])
            found.append((match.lastgroup, match[match.lastgroup]))
            place = match.end()
        return found

    def _either(self) -> Any:
        left = self._both()
        while self._next_is("||"):
            right = self._both()
            left = left if _true(left) else right
        return left

    def _both(self) -> Any:
        left = self._same()
        while self._next_is("&&"):
            right = self._same()
            left = right if _true(left) else left
        return left

    def _same(self) -> Any:
        left = self._not()
        for sign, wanted in (("==", True), ("!=", False)):
            if self._next_is(sign):
                return (_folded(left) == _folded(self._not())) is wanted
        return left

    def _not(self) -> Any:
        return not _true(self._not()) if self._next_is("!") else self._one()

    def _one(self) -> Any:
        if self._next_is("("):
            found = self._either()
            self._expect(")")
            return found
        kind, word = self._tokens.pop(0) if self._tokens else ("", "its end")
        match kind:
            case "text":
                return word[1:-1].replace("''", "'")
            case "number":
                return float(word) if "." in word else int(word)
            case "path" if word in _WORDS:
                return _WORDS[word]
            case "path" if word == "format" and self._next_is("("):
                return self._format()
            case "path":
                return self._looked_up(word)
        raise self._unknown(word)

    def _format(self) -> str:
        parts = [self._either()]
        while self._next_is(","):
            parts.append(self._either())
        self._expect(")")
        given = [_shown(part) for part in parts]
        return _PLACE.sub(lambda found: given[int(found[1]) + 1], given[0])

    def _looked_up(self, path: str) -> Any:
        """What is not there is null, as at GitHub; a context that nobody gave is a mistake of the test."""
        context, *rest = path.split(".")
        if context not in self._contexts:
            raise self._unknown(path)
        found: Any = self._contexts[context]
        for name in rest:
            found = found.get(name) if isinstance(found, Mapping) else None
        return found

    def _next_is(self, sign: str) -> bool:
        there = bool(self._tokens) and self._tokens[0] == ("sign", sign)
        if there:
            self._tokens.pop(0)
        return there

    def _expect(self, sign: str) -> None:
        if not self._next_is(sign):
            raise self._unknown(self._tokens[0][1] if self._tokens else "its end")

    def _unknown(self, at: str) -> Unresolved:
        return Unresolved(f"The expression `{self._text}` cannot be resolved here, at `{at}`.")


def _true(value: Any) -> bool:
    return value not in (None, False, 0, "")


def _folded(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


def _shown(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
