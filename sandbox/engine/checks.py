"""Shapes of a compose file that Docker refuses, in its words (measured on 2026-11-23, as the keys)."""

from collections.abc import Mapping
from typing import Any

from sandbox.engine import keys
from sandbox.engine.errors import ComposeFileError

_TEXTS = ("image", "container_name", "restart", "hostname", "user", "working_dir", "network_mode")


def check(document: Any, *, of_stack: bool) -> None:
    """Refuse keys and shapes that Docker refuses.

    Args:
        document: the parsed file.
        of_stack: by the stack command's rules.

    Raises:
        ComposeFileError: the first finding, in Docker's words.
    """
    checker = _Checker(keys.STACK if of_stack else keys.COMPOSE, of_stack=of_stack)
    checker.keys("", document, "")
    for section, kind in (("services", "service"), ("networks", "network"), ("volumes", "volume")):
        entries = document.get(section)
        if entries is not None:
            checker.mapping(section, entries)
        for name, entry in (entries or {}).items():
            place = f"{section}.{name}"
            if entry is None and kind != "service":
                continue
            checker.mapping(place, entry)
            checker.keys(kind, entry, place)
            if kind == "service":
                checker.service(entry, place)


class _Checker:
    def __init__(self, known: Mapping[str, frozenset[str]], *, of_stack: bool) -> None:
        self._known = known
        self._of_stack = of_stack

    def fail(self, place: str, *, compose: str, stack: str) -> ComposeFileError:
        return ComposeFileError(f"{place} {stack if self._of_stack else compose}".strip())

    def mapping(self, place: str, value: Any) -> None:
        if not isinstance(value, dict):
            raise self.fail(place, compose="must be a mapping", stack="must be a mapping")

    def keys(self, kind: str, value: Mapping[str, Any], place: str) -> None:
        for key in value:
            if key in self._known[kind] or str(key).startswith("x-"):
                continue
            if kind == "service" and not self._of_stack:
                raise ComposeFileError(f"{place}.{key} false schema")
            raise self.fail(
                place or ("(root)" if self._of_stack else ""),
                compose=f"additional properties '{key}' not allowed",
                stack=f"Additional property {key} is not allowed",
            )

    def service(self, entry: Mapping[str, Any], place: str) -> None:
        for key in _TEXTS:
            if entry.get(key) is not None and not isinstance(entry[key], str):
                raise self.fail(f"{place}.{key}", compose="must be a string", stack="must be a string")
        for key in ("healthcheck", "deploy", "build"):
            value = entry.get(key)
            if value is None or (key == "build" and isinstance(value, str)):
                continue
            self.mapping(f"{place}.{key}", value)
            if not (key == "build" and self._of_stack):
                self.keys(key, value, f"{place}.{key}")
        self._environment(entry.get("environment"), f"{place}.environment")
        if self._of_stack and isinstance(entry.get("depends_on"), dict):
            raise ComposeFileError(f"{place}.depends_on must be a list")

    def _environment(self, value: Any, place: str) -> None:
        if isinstance(value, dict):
            for key, item in value.items():
                if self._of_stack and isinstance(item, bool):
                    raise ComposeFileError(f"{place}.{key} must be a string, number or null")
                if isinstance(item, dict | list):
                    raise self.fail(
                        f"{place}.{key}", compose="must be a string", stack="must be a string, number or null"
                    )
        elif value is not None and not isinstance(value, list):
            raise self.fail(place, compose="must be a mapping", stack="must be a mapping or list")
