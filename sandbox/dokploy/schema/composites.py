"""Lists, objects, unions, and the whole request."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.dokploy.errors import InvalidInput
from sandbox.dokploy.schema.base import MISSING, Field, Issue, Path, wrong_type


@dataclass(frozen=True, kw_only=True)
class ListOf(Field):
    """An array."""

    item: Field

    def accept(self, value: Any, path: Path, issues: list[Issue]) -> Any:
        """Check each item."""
        if not isinstance(value, list):
            issues.append(wrong_type("array", value, path))
            return value
        return [self.item.parse(item, (*path, place), issues) for place, item in enumerate(value)]


@dataclass(frozen=True, kw_only=True)
class Record(Field):
    """An object; fields that are not in `fields` are dropped, refused (`strict`) or kept (`open`)."""

    fields: Mapping[str, Field]
    strict: bool = False
    open: bool = False

    def accept(self, value: Any, path: Path, issues: list[Issue]) -> Any:
        """Check each field."""
        if not isinstance(value, dict):
            issues.append(wrong_type("object", value, path))
            return value
        known = _fields(self.fields, value, path, issues)
        strange = [name for name in value if name not in self.fields]
        if self.strict and strange:
            names = ", ".join(f'"{name}"' for name in strange)
            message = f"Unrecognized key{'s' if len(strange) > 1 else ''}: {names}"
            issues.append(
                {"code": "unrecognized_keys", "keys": strange, "path": list(path), "message": message}
            )
        return {**known, **({name: value[name] for name in strange} if self.open else {})}


@dataclass(frozen=True, kw_only=True)
class Union(Field):
    """Objects told apart by one field."""

    discriminator: str
    variants: Mapping[str, Record]

    def accept(self, value: Any, path: Path, issues: list[Issue]) -> Any:
        """Check as the variant it says it is."""
        if not isinstance(value, dict):
            issues.append(wrong_type("object", value, path))
            return value
        variant = self.variants.get(str(value.get(self.discriminator)))
        if variant is None:
            issues.append(
                {
                    "code": "invalid_union",
                    "errors": [],
                    "note": "No matching discriminator",
                    "discriminator": self.discriminator,
                    "path": [*path, self.discriminator],
                    "message": "Invalid input",
                }
            )
            return value
        return variant.accept(value, path, issues)


Schema = Mapping[str, Field]


def check(schema: Schema, sent: Any) -> dict[str, Any]:
    """The fields of a request that the server knows, with coercion and defaults.

    Raises:
        InvalidInput: with everything that is wrong.
    """
    issues: list[Issue] = []
    if not isinstance(sent, dict):
        issues.append(wrong_type("object", sent, ()))
        raise InvalidInput(issues)
    known = _fields(schema, sent, (), issues)
    if issues:
        raise InvalidInput(issues)
    return known


def _fields(schema: Schema, sent: Mapping[str, Any], path: Path, issues: list[Issue]) -> dict[str, Any]:
    parsed = {
        name: field.parse(sent.get(name, MISSING), (*path, name), issues) for name, field in schema.items()
    }
    return {name: value for name, value in parsed.items() if value is not MISSING}
