"""Environment text as Dokploy keeps it: one single-quoted line a variable, secrets by reference (V7).

Measured on Dokploy 0.30.2 (2026-11-23). It replaces `${{vault.<provider>.<path>:<key>}}` as text and parses
the result with npm's dotenv. In single quotes everything arrives as it is, except a `'` together with `#` or
the end of a line, for which JavaScript takes U+2028 and U+2029 too (dotenv 16 agrees on 60,000 random
texts). A `docker-compose` then gets an `.env` in which Dokploy escapes for Docker; a `stack` gets the process
environment, in which an empty variable is left out. What would not arrive is refused here, naming the
variable, never the value.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from model.errors import EnvTextError
from model.services import ComposeType

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# Dokploy writes these itself, and a later line of the same name wins (measured): the project's name would
# change and leave its containers behind.
_RESERVED = frozenset({"APP_NAME", "COMPOSE_PROJECT_NAME", "DOCKER_CONFIG"})
_PROVIDER = re.compile(r"[A-Za-z0-9_-]{1,64}")
_PATH = re.compile(r"[^\s{}:/]+(?:/[^\s{}:/]+)*")
_KEY = re.compile(r"[^\s{}:]+")
_REFERENCE = re.compile(r"\$\{\{vault\.([A-Za-z0-9_-]+)\.([^}]+):([^:}]+)\}\}")
# How dotenv reads: a quoted text that ends at the end of a line or before a comment, else the line up to `#`.
_LINE = re.compile(
    r"""
    ^[ \t]*(?P<name>[\w.-]+)[ \t]*=
    (?P<value>
        [ \t]*'(?:\\'|[^'])*'
      | [ \t]*"(?:\\"|[^"])*"
      | [ \t]*`(?:\\`|[^`])*`
      | [^#\n]*
    )
    [ \t]*(?:\#[^\n\u2028\u2029]*)?(?=[\n\u2028\u2029]|\Z)
    """,
    re.MULTILINE | re.VERBOSE,
)
_CUTS = frozenset("#\n\u2028\u2029")
_QUOTED = re.compile(r"(['\"`])(.*)\1", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Reference:
    """A secret by name: Dokploy asks Vault for it on the host, at each deployment.

    Attributes:
        provider: Dokploy's vault provider.
        path: below the mount, without `data/`.
        key: of one field.

    Raises:
        EnvTextError: Dokploy would not take it for a reference, or split it elsewhere.
    """

    provider: str
    path: str
    key: str

    def __post_init__(self) -> None:
        fits = _PROVIDER.fullmatch(self.provider) and _PATH.fullmatch(self.path) and _KEY.fullmatch(self.key)
        if not fits:
            raise EnvTextError(
                f"{self.provider}.{self.path}:{self.key} cannot be a reference: no blanks, braces or colons, "
                "and no empty part in the path"
            )

    def __str__(self) -> str:
        return f"${{{{vault.{self.provider}.{self.path}:{self.key}}}}}"


# A literal, a secret, or both in turn: `("redis://:", Reference(…), "@host:6379/0")`.
Value = str | Reference | tuple[str | Reference, ...]


def render(values: Mapping[str, Value], *, compose_type: ComposeType) -> str:
    r"""The text for Dokploy: `NAME='value'` lines in the order of the names, without a trailing newline.

    Args:
        values: name to literal text, to a reference, or to a tuple that mixes them.
        compose_type: how the text reaches containers.

    Raises:
        EnvTextError: a name is not well-formed or is Dokploy's own, or a value would not arrive as it is.
    """
    lines: dict[str, str] = {}
    for name in sorted(values):
        value = values[name]
        parts = value if isinstance(value, tuple) else (value,)
        for hindered, reason in _hindrances(name, parts, compose_type):
            if hindered:
                raise EnvTextError(f"{name}: {reason}")
        lines[name] = "".join(map(str, parts))
    text = "\n".join(f"{name}='{value}'" for name, value in lines.items())
    # The net under the reasons above: what the reader makes of it is what was meant, or it is not sent.
    if (arrived := read(text)) != lines:
        wrong = {name for name in lines if arrived.get(name) != lines[name]} | (arrived.keys() - lines.keys())
        raise EnvTextError(f"{', '.join(sorted(wrong))}: would not arrive as given; encode it, e.g. base64")
    return text


def _hindrances(
    name: str, parts: tuple[str | Reference, ...], compose_type: ComposeType
) -> Iterator[tuple[bool, str]]:
    """What can keep a variable from arriving: whether it does here, and the words for it."""
    literal = "".join(part for part in parts if isinstance(part, str))
    ends_literal = not parts or isinstance(parts[-1], str)
    yield not _NAME.fullmatch(name), "not a variable's name; use letters, digits and '_'"
    yield name in _RESERVED, "Dokploy sets it itself; use another name"
    yield (
        "${{" in literal,
        "'${{' is Dokploy's own syntax and would be evaluated; only the program refers to secrets",
    )
    yield (
        "\0" in literal or "\r" in literal,
        "has a NUL or a carriage return, which does not arrive; use newlines",
    )
    yield (
        "'" in literal and not _CUTS.isdisjoint(literal),
        "has a single quote together with '#' or a newline, and would be cut; encode it, e.g. base64",
    )
    yield (
        literal.endswith("\\") and ends_literal,
        "ends in a backslash, which would take the closing quote; encode it, e.g. base64",
    )
    yield (
        compose_type is ComposeType.STACK and parts in {(), ("",)},
        "is empty, and a stack drops empty variables; leave it out or give it a value",
    )


def read(text: str) -> dict[str, str]:
    """What Dokploy's reader makes of a text, references left as they are.

    Args:
        text: as rendered, or as found on a server.
    """
    found: dict[str, str] = {}
    for match in _LINE.finditer(text):
        value = match["value"].strip()
        quoted = _QUOTED.fullmatch(value)
        found[match["name"]] = quoted[2] if quoted else value
    return found


def references(text: str) -> Iterator[Reference]:
    """The references in a text, in their order, repeated ones again."""
    for provider, path, key in _REFERENCE.findall(text):
        yield Reference(provider=provider, path=path, key=key)


def without_references(text: str, *, stand_in: str) -> str:
    """The text with each reference replaced, so that what remains are literals."""
    return _REFERENCE.sub(lambda _: stand_in, text)
