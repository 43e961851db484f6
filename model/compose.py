"""A compose file, read for the rules: parsed as plain data, interpolated as Docker does, never executed."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from model.errors import ComposeError
from model.interpolation import Use, substitute, uses

# A pull request's file is a stranger's: aliases can make a small text walk for ever.
_MAX_NODES = 20_000
_MAX_DEPTH = 50


@dataclass(frozen=True, kw_only=True)
class ComposeFile:
    """The parsed document.

    Attributes:
        document: top-level keys to plain values.
    """

    document: Mapping[str, Any]

    @classmethod
    def parse(cls, text: str) -> "ComposeFile":
        """Read a compose file.

        Raises:
            ComposeError: no YAML, no mapping, without services, or too large to look through.
        """
        try:
            document = yaml.safe_load(text)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = f" (line {mark.line + 1})" if mark else ""
            raise ComposeError(f"is not YAML that can be checked{line}") from None
        except (ValueError, RecursionError):
            raise ComposeError("is not YAML that can be checked") from None
        if not isinstance(document, dict) or not all(isinstance(key, str) for key in document):
            raise ComposeError("is not a mapping of names")
        _measure(document)
        services = document.get("services")
        if not isinstance(services, dict) or not services:
            raise ComposeError("has no services")
        wrong = [str(name) for name, body in services.items() if not isinstance(body, dict)]
        if wrong:
            raise ComposeError(f"its services {', '.join(wrong)} are not mappings")
        return cls(document=document)

    @property
    def services(self) -> Mapping[str, Mapping[str, Any]]:
        """Name to body."""
        return {str(name): body for name, body in self.document["services"].items()}

    def top_level(self, section: str) -> Mapping[str, Mapping[str, Any]]:
        """A section such as `volumes`; entries without a body have an empty one."""
        entries = self.document.get(section)
        if not isinstance(entries, dict):
            return {}
        return {str(name): body if isinstance(body, dict) else {} for name, body in entries.items()}

    def uses(self) -> list[Use]:
        """Each place where a variable is asked for, in the order of the file.

        Raises:
            ComposeError: a `$` starts nothing that Docker knows.
        """
        return [use for text in strings(self.document) for use in uses(text)]

    def interpolated(self, env: Mapping[str, str]) -> "ComposeFile":
        """With its variables filled in; keys stay as they are, as with Docker.

        Raises:
            ComposeError: a `$` starts nothing that Docker knows.
        """
        return ComposeFile(document=_map(self.document, lambda text: substitute(text, env)))


def strings(node: Any) -> Iterator[str]:
    """All texts below a node, values only."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, Mapping):
        for value in node.values():
            yield from strings(value)
    elif isinstance(node, list):
        for value in node:
            yield from strings(value)


def mapping(node: object) -> dict[str, Any]:
    """The node where it is a mapping, else an empty one: a stranger's file has anything anywhere."""
    return node if isinstance(node, dict) else {}


def pairs(node: Any) -> dict[str, str]:
    """`environment`, `labels` or `args`, which may be a mapping or a list of `NAME=value`.

    A name without a value takes it from where Docker runs, where nothing is set: it counts as empty.
    """
    if isinstance(node, Mapping):
        return {str(name): "" if value is None else str(value) for name, value in node.items()}
    if isinstance(node, list):
        return {name: value for name, _, value in (str(entry).partition("=") for entry in node)}
    return {}


def _map(node: Any, change: Callable[[str], str]) -> Any:
    if isinstance(node, str):
        return change(node)
    if isinstance(node, dict):
        return {key: _map(value, change) for key, value in node.items()}
    if isinstance(node, list):
        return [_map(value, change) for value in node]
    return node


def _measure(document: Any) -> None:
    """Walk with a budget, aliases counted each time they are met."""
    budget = _MAX_NODES
    waiting = [(document, 0)]
    while waiting:
        node, depth = waiting.pop()
        budget -= 1
        if budget < 0 or depth > _MAX_DEPTH:
            raise ComposeError("is too large or too deeply nested to be checked")
        children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
        waiting.extend((child, depth + 1) for child in children)
