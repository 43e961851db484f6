"""What all models share.

Wanted states refuse unknown fields, answers ignore them: Dokploy's answers grow with every release and hold
credentials that nobody here has asked for (a compose's answer carries a GitHub App's private key).
"""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict
from pydantic.alias_generators import to_camel


def _text(value: Any) -> Any:
    return "" if value is None else value


Text = Annotated[str, BeforeValidator(_text)]
"""A text for which absent, null and empty are the same."""

Owner = str
"""An ownership marker, `strata:<project>/<stack>/<logical name>`."""


class Desired(BaseModel):
    """The inputs of one resource, decoded. Never shows its values in an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Row(BaseModel):
    """One of Dokploy's answers: the fields that are needed, by their snake_case names."""

    model_config = ConfigDict(
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        alias_generator=to_camel,
        populate_by_name=True,
    )


def canonical(value: Any, default: Any = None) -> Any:
    """A value with absent, null and empty made one, and integral floats made ints; compared, never sent."""
    if value is None:
        value = default
    if isinstance(value, Mapping):
        pairs = {str(k): canonical(v) for k, v in value.items()}
        return {k: v for k, v in pairs.items() if v is not None} or None
    if isinstance(value, list | tuple):
        return [canonical(v) for v in value] or None
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return None if value == "" else value
