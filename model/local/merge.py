"""An override over a base, as Compose lays one file over another."""

from typing import Any, TypeVar

from pydantic import BaseModel

from model.local.service import Logging, Mount

M = TypeVar("M", bound=BaseModel)


def merged(base: M, over: M) -> M:
    """The base with everything that the override says."""
    values = {name: _merged(getattr(base, name), getattr(over, name)) for name in over.model_fields_set}
    fields = base.model_fields_set | over.model_fields_set
    return base.model_construct(fields, **{**dict(base), **values})


def _merged(old: Any, new: Any) -> Any:
    if isinstance(old, Logging) and isinstance(new, Logging):
        # Options are a driver's own: they do not outlive it.
        told = "driver" in old.model_fields_set and "driver" in new.model_fields_set
        return new if told and old.driver != new.driver else merged(old, new)
    if isinstance(new, Mount):
        return new
    if isinstance(old, BaseModel) and isinstance(new, BaseModel) and type(old) is type(new):
        return merged(old, new)
    if isinstance(old, dict) and isinstance(new, dict):
        return {**old, **{key: _entry(old, key, value) for key, value in new.items()}}
    if isinstance(old, frozenset) and isinstance(new, frozenset):
        return old | new
    return new


def _entry(old: dict[Any, Any], key: Any, value: Any) -> Any:
    return _merged(old[key], value) if key in old else value
