"""YAML as Dokploy's library reads and writes it: version 1.2, where `on` is a word and `22:22` no number."""

import re
from typing import Any

import yaml


class YamlInvalid(Exception):
    """The text is not YAML; the message says where."""


class _Loader(yaml.SafeLoader):
    """SafeLoader with the core schema of YAML 1.2."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012  # the library's own way to give a class its resolvers


for _tag, _pattern, _first in (
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("int", r"^(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$", "-+0123456789"),
    ("float", r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$", "-+.0123456789"),
    ("null", r"^(?:~|null|Null|NULL|)$", "~nN\0"),
    ("merge", r"^<<$", "<"),
):
    for _letter in [*_first] if "\0" not in _first else [*_first.replace("\0", ""), ""]:
        _Loader.yaml_implicit_resolvers.setdefault(_letter, []).append(
            (f"tag:yaml.org,2002:{_tag}", re.compile(_pattern))
        )


def _integer(loader: _Loader, node: yaml.ScalarNode) -> int:
    text = str(loader.construct_scalar(node))
    return int(text, 0) if text.startswith(("0o", "0x")) else int(text)


_Loader.add_constructor("tag:yaml.org,2002:int", _integer)


class _Dumper(yaml.SafeDumper):
    """SafeDumper that indents lists and writes nothing as an alias."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: FBT001, FBT002  # the library's signature
        """Indent lists below their key."""
        del indentless
        super().increase_indent(flow, indentless=False)

    def ignore_aliases(self, data: Any) -> bool:
        """Write the same object twice rather than an anchor."""
        del data
        return True


def load(text: str) -> Any:
    """The document; `None` for an empty text.

    Raises:
        YamlInvalid: it cannot be parsed.
    """
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506  # the loader is a SafeLoader
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" at line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise YamlInvalid(f"{getattr(error, 'problem', None) or 'invalid YAML'}{where}") from None


def dump(document: Any) -> str:
    """The document as text, keys in their order."""
    return yaml.dump(document, Dumper=_Dumper, sort_keys=False, width=1000, allow_unicode=True)
