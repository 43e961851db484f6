"""YAML as Docker's Go programs read it: `on` and `12:30` are texts, a key that stands twice is an error."""

import re
from collections.abc import Hashable
from typing import Any

import yaml

_BOOL = re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$")
_INT = re.compile(r"^[-+]?(?:0o[0-7]+|0x[0-9a-fA-F]+|[0-9][0-9_]*)$")
_FLOAT = re.compile(
    r"^[-+]?(?:\.[0-9]+|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:[eE][-+]?[0-9]+)?$|^[-+]?\.(?:inf|Inf|INF)$"
)
_NULL = re.compile(r"^(?:~|null|Null|NULL|)$")


class YamlError(ValueError):
    """The text is not YAML. `line` counts from 1."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(f"line {line}: {problem}")
        self.line = line
        self.problem = problem


class _Loader(yaml.SafeLoader):
    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012  # PyYAML's own way to declare them

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002
        seen: dict[Any, int] = {}
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.tag != "tag:yaml.org,2002:merge":
                line = key.start_mark.line + 1
                if key.value in seen:
                    raise YamlError(
                        line, f'mapping key "{key.value}" already defined at line {seen[key.value]}'
                    )
                seen[key.value] = line
        return super().construct_mapping(node, deep)


def _int(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> int:
    text = loader.construct_scalar(node).replace("_", "")
    sign, digits = (-1, text[1:]) if text[:1] == "-" else (1, text.lstrip("+"))
    if digits.startswith(("0o", "0x")):
        return sign * int(digits, 0)
    if len(digits) > 1 and digits[0] == "0" and set(digits) <= set("01234567"):
        return sign * int(digits, 8)
    return sign * int(digits)


for _tag, _pattern in (
    ("bool", _BOOL),
    ("int", _INT),
    ("float", _FLOAT),
    ("null", _NULL),
    ("merge", re.compile(r"^<<$")),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", _pattern, None)
_Loader.add_constructor("tag:yaml.org,2002:int", _int)


def load(text: str) -> Any:
    """The document of a YAML text, `None` when it is empty. Raises `YamlError`."""
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506  # a SafeLoader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise YamlError(mark.line + 1 if mark else 1, error.problem or "cannot be read") from None
    except yaml.YAMLError as error:
        raise YamlError(1, str(error).splitlines()[0]) from None
