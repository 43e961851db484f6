"""Network."""

from collections.abc import Mapping
from typing import Any

from dokploy_provider.context import Context
from dokploy_provider.crud.base import Made, Seen
from dokploy_provider.models.network import NetworkDesired


def create(here: Context, want: NetworkDesired) -> Made:
    """Create."""
    raise NotImplementedError


def read(here: Context, id_: str, state: Mapping[str, Any]) -> Seen | None:
    """Read."""
    raise NotImplementedError


def update(here: Context, id_: str, state: Mapping[str, Any], want: NetworkDesired) -> Made:
    """Update."""
    raise NotImplementedError


def delete(here: Context, id_: str, state: Mapping[str, Any]) -> None:
    """Delete."""
    raise NotImplementedError
