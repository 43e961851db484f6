"""`${VAR}` in a compose file, as Docker Compose 5.6.1 and `docker stack deploy` 28.2 replace it.

The two differ (both measured on 2026-11-23 with `config`, which needs no daemon):
compose knows `${X+y}`, nesting, and warns of what is not set; the stack command knows neither, is silent, and
forgets a missing `${X:?}` as soon as another variable follows it in the same string.
"""

import re
from collections.abc import Callable
from typing import Any

from sandbox.engine.errors import ComposeFileError

Lookup = Callable[[str], str | None]
Warn = Callable[[str], None]
Substitute = Callable[[str], str]

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OPERATOR = re.compile(r":?[-+?]")
_STACK = re.compile(
    r"\$(?:(?P<escaped>\$)|(?P<named>NAME)|\{(?P<braced>NAME)\}|(?P<invalid>))".replace(
        "NAME", r"[A-Za-z_][A-Za-z0-9_]*(?::?[-?][^}]*)?"
    )
)


class Required(Exception):  # what a `${X:?}` says
    """A variable that has to be set is not."""


class Invalid(Exception):  # what Docker calls the format
    """The text has a `${` that cannot be read."""


def compose_substitute(text: str, *, lookup: Lookup, warn: Warn) -> str:
    """Replace the variables of one string as Docker Compose does.

    Args:
        text: the string.
        lookup: a variable's value, `None` when it is not set.
        warn: takes the name of each variable that is not set and has no default.

    Raises:
        Required: `${X:?message}` or `${X?message}` without a value.
        Invalid: a `${` that cannot be read.
    """
    out: list[str] = []
    at = 0
    while (dollar := text.find("$", at)) >= 0:
        out.append(text[at:dollar])
        following = text[dollar + 1 : dollar + 2]
        if following == "$":
            out.append("$")
            at = dollar + 2
        elif following == "{":
            end = _closing_brace(text, dollar + 2)
            out.append(_braced(text[dollar + 2 : end], whole=text, lookup=lookup, warn=warn))
            at = end + 1
        elif name := _NAME.match(text, dollar + 1):
            out.append(_plain(name[0], lookup, warn))
            at = name.end()
        else:
            out.append("$")
            at = dollar + 1
    return "".join([*out, text[at:]])


def _closing_brace(text: str, start: int) -> int:
    depth = 0
    for at in range(start, len(text)):
        if text[at] == "}":
            if depth == 0:
                return at
            depth -= 1
        elif text.startswith("${", at):
            depth += 1
    raise Invalid(text)


def _plain(name: str, lookup: Lookup, warn: Warn) -> str:
    value = lookup(name)
    if value is None:
        warn(name)
        return ""
    return value


def _braced(inner: str, *, whole: str, lookup: Lookup, warn: Warn) -> str:
    name = _NAME.match(inner)
    if name is None:
        raise Invalid(whole)
    rest = inner[name.end() :]
    if not rest:
        return _plain(name[0], lookup, warn)
    operator = _OPERATOR.match(rest)
    if operator is None:
        raise Invalid(whole)
    value = lookup(name[0])
    given = bool(value) if operator[0].startswith(":") else value is not None
    kind = operator[0][-1]
    if kind == "+":
        chosen = rest[operator.end() :] if given else ""
    elif given:
        return value or ""
    else:
        chosen = rest[operator.end() :]
    replaced = compose_substitute(chosen, lookup=lookup, warn=warn)
    if kind == "?":
        hint = f": {replaced}" if replaced else ""
        raise Required(f"required variable {name[0]} is missing a value{hint}")
    return replaced


def stack_substitute(text: str, *, lookup: Lookup) -> str:
    """Replace the variables of one string as `docker stack deploy` does; arguments and errors as above."""
    failure: Exception | None = None

    def replace(match: re.Match[str]) -> str:
        nonlocal failure
        if match["escaped"]:
            return "$"
        expression = match["named"] or match["braced"]
        if not expression:
            failure = Invalid(text)
            return ""
        failure = None
        name = _NAME.match(expression)
        rest = expression[name.end() :] if name else ""
        value = lookup(name[0] if name else expression)
        operator = _OPERATOR.match(rest)
        if operator is None:
            return value or ""
        given = bool(value) if operator[0].startswith(":") else value is not None
        if given:
            return value or ""
        word = rest[operator.end() :]
        if operator[0].endswith("?"):
            failure = Required(f"required variable {name[0] if name else ''} is missing a value: {word}")
            return ""
        return word

    replaced = _STACK.sub(replace, text)
    if failure is not None:
        raise failure
    return replaced


def interpolate(document: Any, substitute: Substitute, *, of_stack: bool) -> Any:
    """Replace the variables in all strings of a compose document, keys excepted.

    Args:
        document: the parsed file.
        substitute: replaces the variables of one string.
        of_stack: word errors as the stack command does.

    Raises:
        ComposeFileError: a required variable or a broken expression, with the place.
    """

    def walk(value: Any, path: str) -> Any:
        if isinstance(value, dict):
            return {key: walk(item, f"{path}.{key}" if path else str(key)) for key, item in value.items()}
        if isinstance(value, list):
            return [walk(item, f"{path}.[]") for item in value]
        if not isinstance(value, str) or "$" not in value:
            return value
        try:
            return substitute(value)
        except Required as missing:
            if of_stack:
                raise _stack_error(path, str(missing)) from None
            raise ComposeFileError(f"error while interpolating {path}: {missing}") from None
        except Invalid:
            if of_stack:
                raise _stack_error(path, value) from None
            raise ComposeFileError(
                f"invalid interpolation format for {path}.\n"
                f"You may need to escape any $ with another $.\n{value}"
            ) from None

    return walk(document, "")


def _stack_error(path: str, what: str) -> ComposeFileError:
    quoted = what.replace("\\", "\\\\").replace('"', '\\"')
    return ComposeFileError(
        f'invalid interpolation format for {path}: "{quoted}"; you may need to escape any $ with another $'
    )
