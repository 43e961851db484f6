"""Texts, numbers, booleans, choices."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from sandbox.dokploy.schema.base import MISSING, Field, Issue, Path, bound, issue, wrong_type


@dataclass(frozen=True, kw_only=True)
class Text(Field):
    """A string; `pattern` is shown in the complaint as JavaScript writes it."""

    least: int = 0
    most: int | None = None
    pattern: str | None = None
    pattern_message: str = ""
    rule: Callable[[str], str | None] | None = None

    def accept(self, value: Any, path: Path, issues: list[Issue]) -> Any:
        """Check type, length, pattern, rule."""
        if not isinstance(value, str):
            issues.append(wrong_type("string", value, path))
            return value
        if len(value) < self.least:
            message = f"Too small: expected string to have >={self.least} characters"
            issues.append(bound("string", "too_small", {"minimum": self.least}, path, message))
        if self.most is not None and len(value) > self.most:
            message = f"Too big: expected string to have <={self.most} characters"
            issues.append(bound("string", "too_big", {"maximum": self.most}, path, message))
        if self.pattern is not None and not re.search(self.pattern, value):
            issues.append(
                {
                    "origin": "string",
                    "code": "invalid_format",
                    "format": "regex",
                    "pattern": f"/{self.pattern}/",
                    "path": list(path),
                    "message": self.pattern_message,
                }
            )
        complaint = self.rule(value) if self.rule else None
        if complaint:
            issues.append({"code": "custom", "path": list(path), "message": complaint})
        return value


@dataclass(frozen=True, kw_only=True)
class Url(Field):
    """An absolute URL."""

    def accept(self, value: Any, path: Path, issues: list[Issue]) -> Any:
        """Check for scheme and host, as `new URL()` does."""
        if not isinstance(value, str):
            issues.append(wrong_type("string", value, path))
        elif urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).netloc:
            issues.append(
                {"code": "invalid_format", "format": "url", "path": list(path), "message": "Invalid URL"}
            )
        return value


@dataclass(frozen=True, kw_only=True)
class Number(Field):
    """A number, coerced."""

    least: float | None = None
    most: float | None = None
    most_message: str = ""
    nested: bool = False

    def coerce(self, value: Any) -> Any:
        """`Number(value)`; a missing top-level number stays missing, a nested one becomes NaN."""
        if value is MISSING:
            return math.nan if self.nested and not self.optional else value
        if value is None:
            return None if self.nullable else 0
        if isinstance(value, bool):
            return int(value)
        if isinstance(value, str):
            try:
                number = float(value.strip() or 0)
            except ValueError:
                return math.nan
            return int(number) if number.is_integer() else number
        return value

    def accept(self, value: Any, path: Path, issues: list[Issue]) -> Any:
        """Check type and bounds."""
        if isinstance(value, float) and math.isnan(value):
            complaint = issue(path, "NaN", code="invalid_type", expected="number")
            issues.append({"received": "NaN", **complaint})
            return value
        if not isinstance(value, int | float):
            issues.append(wrong_type("number", value, path))
            return value
        if self.least is not None and value < self.least:
            message = f"Too small: expected number to be >={self.least}"
            issues.append(bound("number", "too_small", {"minimum": self.least}, path, message))
        if self.most is not None and value > self.most:
            message = self.most_message or f"Too big: expected number to be <={self.most}"
            issues.append(bound("number", "too_big", {"maximum": self.most}, path, message))
        return value


@dataclass(frozen=True, kw_only=True)
class Flag(Field):
    """A boolean, coerced."""

    def coerce(self, value: Any) -> Any:
        """`Boolean(value)`: every text but the empty one is true."""
        if value is MISSING:
            return value if self.optional or self.bare or self.default is not MISSING else False
        if value is None:
            return None if self.nullable else False
        return bool(value)

    def accept(self, value: Any, path: Path, issues: list[Issue]) -> Any:
        """Anything was made a boolean."""
        del path, issues
        return value


@dataclass(frozen=True, kw_only=True)
class Choice(Field):
    """One of a few words."""

    of: tuple[str, ...]

    def accept(self, value: Any, path: Path, issues: list[Issue]) -> Any:
        """Check that it is one of them."""
        if value not in self.of:
            words = "|".join(f'"{word}"' for word in self.of)
            kind = "option: expected one of" if len(self.of) > 1 else "input: expected"
            issues.append(
                {
                    "code": "invalid_value",
                    "values": list(self.of),
                    "path": list(path),
                    "message": f"Invalid {kind} {words}",
                }
            )
        return value
