"""Networks and volumes that a file declares at its top; Compose and Swarm differ in one default only."""

from collections.abc import Mapping
from typing import Any

from sandbox.engine import shapes
from sandbox.engine.project import Network, Volume


def network(key: str, entry: Mapping[str, Any], *, owner: str, driver: str) -> Network:
    """A declared network.

    Args:
        key: its key in the file.
        entry: what stands there.
        owner: the compose project or stack, which names it when it has no name of its own.
        driver: without one of its own: `bridge` for Compose, `overlay` for Swarm.
    """
    external = shapes.external_name(entry, key)
    return Network(
        key=key,
        name=external or entry.get("name") or f"{owner}_{key}",
        external=external is not None,
        driver=entry.get("driver") or driver,
        attachable=shapes.flag(entry.get("attachable")),
        internal=shapes.flag(entry.get("internal")),
        labels=shapes.labels(entry.get("labels")),
    )


def volume(key: str, entry: Mapping[str, Any], *, owner: str) -> Volume:
    """A declared volume; the arguments are those of `network`."""
    external = shapes.external_name(entry, key)
    return Volume(
        key=key,
        name=external or entry.get("name") or f"{owner}_{key}",
        external=external is not None,
        driver=entry.get("driver") or "local",
        labels=shapes.labels(entry.get("labels")),
    )
