"""`${NAME}` in compose files, in the forms that Docker Compose and `docker stack deploy` both read."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from model.errors import ComposeError

_START = re.compile(r"\$(?:(?P<escaped>\$)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<brace>\{))")
_INSIDE = re.compile(r"(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?:(?P<operator>:?[-?+])(?P<word>.*))?", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Use:
    """One place where a variable is asked for.

    Attributes:
        name: of the variable.
        operator: `:?` or `?` required, `:-` or `-` with a default, `:+` or `+` replaced when set; or empty.
        word: what follows the operator.
    """

    name: str
    operator: str = ""
    word: str = ""

    @property
    def needed(self) -> bool:
        """Whether it must be given: plain ones become empty with a warning, which nobody reads (C2)."""
        return self.operator in {"", ":?", "?"}

    def value(self, env: Mapping[str, str]) -> str:
        """What stands there afterwards; empty where it is needed and not given."""
        given = env.get(self.name)
        present = bool(given) if self.operator.startswith(":") else given is not None
        if self.operator.endswith("-"):
            return (given or "") if present else substitute(self.word, env)
        if self.operator.endswith("+"):
            return substitute(self.word, env) if present else ""
        return given or ""


def uses(text: str) -> Iterator[Use]:
    """All uses in a text, those inside defaults too.

    Raises:
        ComposeError: a `$` starts nothing that Docker knows.
    """
    for piece in _pieces(text):
        if isinstance(piece, Use):
            yield piece
            if piece.operator.endswith(("-", "+")):
                yield from uses(piece.word)


def substitute(text: str, env: Mapping[str, str]) -> str:
    """The text with its variables filled in; `$$` becomes `$`.

    Raises:
        ComposeError: a `$` starts nothing that Docker knows.
    """
    return "".join(piece.value(env) if isinstance(piece, Use) else piece for piece in _pieces(text))


def _pieces(text: str) -> Iterator[str | Use]:
    position = 0
    while (dollar := text.find("$", position)) >= 0:
        yield text[position:dollar]
        match = _START.match(text, dollar)
        if match is None:
            raise ComposeError("a '$' that starts no variable; write '$$' for a dollar sign")
        if match["escaped"]:
            yield "$"
            position = match.end()
        elif match["name"]:
            yield Use(name=match["name"])
            position = match.end()
        else:
            end = _closing(text, match.end())
            inside = _INSIDE.fullmatch(text, match.end(), end)
            if inside is None:
                raise ComposeError("'${…}' without a variable's name; write '$$' for a dollar sign")
            yield Use(name=inside["name"], operator=inside["operator"] or "", word=inside["word"] or "")
            position = end + 1
    yield text[position:]


def _closing(text: str, start: int) -> int:
    """Where the brace closes that was opened before `start`; `${` inside opens another."""
    depth = 1
    for match in re.compile(r"\$\{|\}").finditer(text, start):
        depth += 1 if match[0] == "${" else -1
        if depth == 0:
            return match.start()
    raise ComposeError("'${' without '}'")
