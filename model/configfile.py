"""The stack files read without the engine, for the `strata` command and for tests.

Gives what the CLI hands to the program as `PULUMI_CONFIG` (compared with the real one, 2026-11-23): values of
the stack file over those of `Pulumi.yaml`, everything as text, lists and objects as JSON.
"""

import json
from collections.abc import Mapping
from typing import Any

import yaml

from model.errors import SettingsError


def project_name(project_text: str) -> str:
    """The Pulumi project's name.

    Args:
        project_text: of `Pulumi.yaml`.

    Raises:
        SettingsError: it has none or is not readable.
    """
    name = _mapping(project_text, where="Pulumi.yaml").get("name")
    if not isinstance(name, str):
        raise SettingsError("Pulumi.yaml has no name")
    return name


def raw_config(project_text: str, stack_text: str, *, stack: str) -> dict[str, str]:
    """`namespace:key` to text, as the program gets it.

    Args:
        project_text: of `Pulumi.yaml`.
        stack_text: of `Pulumi.<stack>.yaml`; empty where there is none.
        stack: names the file in errors.

    Raises:
        SettingsError: a file is not readable. Encrypted values are left out: they are not ours to open.
    """
    project = project_name(project_text)
    declared = _mapping(project_text, where="Pulumi.yaml").get("config") or {}
    own = _mapping(stack_text, where=f"Pulumi.{stack}.yaml").get("config") or {}
    values = {_full(key, project): _default(entry) for key, entry in declared.items()}
    values |= {_full(key, project): value for key, value in own.items()}
    return {key: _text(value) for key, value in values.items() if value is not None and not _encrypted(value)}


def _full(key: str, project: str) -> str:
    return key if ":" in key else f"{project}:{key}"


def _default(entry: object) -> object:
    if not isinstance(entry, Mapping):
        return entry
    return entry.get("value", entry.get("default"))


def _encrypted(value: object) -> bool:
    return isinstance(value, Mapping) and set(value) == {"secure"}


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


def _mapping(text: str, *, where: str) -> Mapping[str, Any]:
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" (line {mark.line + 1})" if mark else ""
        raise SettingsError(f"{where} is not YAML{line}") from None
    if document is None:
        return {}
    if not isinstance(document, Mapping):
        raise SettingsError(f"{where} is not a mapping")
    return document
