"""What all fields share, and the issues they complain with."""

from dataclasses import dataclass
from typing import Any

Issue = dict[str, Any]
Path = tuple[str | int, ...]


class _Missing:
    """What JavaScript calls undefined."""


MISSING = _Missing()


@dataclass(frozen=True, kw_only=True)
class Field:
    """What all kinds of fields share.

    Attributes:
        optional: may be missing.
        nullable: may be null.
        default: the value when missing, unless `MISSING`.
        bare: a required field whose schema also allows null or undefined inside complains with `nonoptional`.
    """

    optional: bool = False
    nullable: bool = False
    default: Any = MISSING
    bare: bool = False

    def parse(self, value: Any, path: Path, issues: list[Issue]) -> Any:
        """The value to use; complaints go into `issues`."""
        value = self.coerce(value)
        if value is MISSING:
            if self.default is not MISSING:
                return self.default
            if self.optional:
                return MISSING
            if self.bare:
                issues.append(issue(path, "nonoptional", code="invalid_type", expected="nonoptional"))
                return MISSING
        if value is None and self.nullable:
            return None
        return self.accept(value, path, issues)

    def coerce(self, value: Any) -> Any:
        """JavaScript's idea of the value as this type."""
        return value

    def accept(self, value: Any, path: Path, issues: list[Issue]) -> Any:
        """Check a value that is there, or complain that it is not."""
        raise NotImplementedError


def issue(path: Path, received: str, **fields: str) -> Issue:
    """A complaint of the form `expected …, received …`."""
    message = f"Invalid input: expected {fields['expected']}, received "
    return {
        **fields,
        "path": list(path),
        "message": message + ("undefined" if received == "nonoptional" else received),
    }


def wrong_type(expected: str, value: Any, path: Path) -> Issue:
    """A value of another type."""
    return issue(path, _type_name(value), expected=expected, code="invalid_type")


def _type_name(value: Any) -> str:
    names: dict[type, str] = {type(MISSING): "undefined", type(None): "null", bool: "boolean", str: "string"}
    names |= {dict: "object", list: "array"}
    return names.get(type(value), "number")


def bound(origin: str, code: str, limit: dict[str, float], path: Path, message: str) -> Issue:
    """A value beyond a limit."""
    return {
        "origin": origin,
        "code": code,
        **limit,
        "inclusive": True,
        "path": list(path),
        "message": message,
    }
