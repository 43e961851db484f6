"""Request schemas with zod's manners: its messages, its coercion of top-level values, unknown fields dropped.

A schema is a dict of fields; `check` gives the values that the handler sees, or raises `InvalidInput` with
all complaints. Measured 2026-11-22: booleans and numbers are coerced as JavaScript does it (`"false"` is
true, `null` is false for a boolean that must not be null, a missing one is false).
"""

from sandbox.dokploy.schema.base import MISSING, Field
from sandbox.dokploy.schema.composites import ListOf, Record, Schema, Union, check
from sandbox.dokploy.schema.scalars import Choice, Flag, Number, Text, Url

__all__ = [
    "MISSING",
    "Choice",
    "Field",
    "Flag",
    "ListOf",
    "Number",
    "Record",
    "Schema",
    "Text",
    "Union",
    "Url",
    "check",
]
