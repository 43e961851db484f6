"""What the engine's events say of a preview: which resources change, and which of their properties."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What happens to a resource, in the order of how much it is worth a look."""

    REPLACED = "replaced"
    DELETED = "deleted"
    CREATED = "created"
    UPDATED = "updated"


# Of a replacement the engine tells three steps; one of them counts. `discard-replaced` and the like are none.
_KINDS = {
    "replace": Kind.REPLACED,
    "delete": Kind.DELETED,
    "create": Kind.CREATED,
    "import": Kind.CREATED,
    "update": Kind.UPDATED,
}
_SAME = "same"
_OF_PROVIDERS = "pulumi:providers:"
# The dynamic provider's own code, which is no setting of anything.
_NOT_SHOWN = frozenset({"__provider", "__defaults"})


@dataclass(frozen=True, kw_only=True)
class Change:
    """One resource that changes.

    Attributes:
        kind: how.
        name: of the resource in the program.
        type: the last part of its type (`Compose`).
        properties: names of the inputs that differ, sorted; none of a resource that comes or goes.
    """

    kind: Kind
    name: str
    type: str
    properties: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Told:
    """What the events of one preview tell.

    Attributes:
        changes: by kind, then as the engine met them.
        unchanged: how many resources stay as they are.
        errors: what went wrong, in the engine's own words.
        warnings: likewise.
    """

    changes: tuple[Change, ...] = ()
    unchanged: int = 0
    errors: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def told(lines: Iterable[str]) -> Told:
    """Read an event log, one JSON object a line; what is no event (cut off by a kill) is left out."""
    changes: list[Change] = []
    unchanged = 0
    said: dict[str, list[str]] = {"error": [], "warning": []}
    for event in _events(lines):
        if "diagnosticEvent" in event:
            diagnostic = event["diagnosticEvent"]
            words = said.get(str(diagnostic.get("severity")))
            text = str(diagnostic.get("message", "")).strip()
            if words is not None and text and text not in words:
                words.append(text)
        elif "resourcePreEvent" in event:
            metadata = event["resourcePreEvent"].get("metadata") or {}
            if str(metadata.get("type", "")).startswith(_OF_PROVIDERS):
                continue
            if kind := _KINDS.get(str(metadata.get("op"))):
                changes.append(_change(kind, metadata))
            elif metadata.get("op") == _SAME:
                unchanged += 1
    order = list(Kind)
    return Told(
        changes=tuple(sorted(changes, key=lambda one: order.index(one.kind))),
        unchanged=unchanged,
        errors=tuple(said["error"]),
        warnings=tuple(said["warning"]),
    )


def _events(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    for line in lines:
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if isinstance(event, dict):
            yield event


def _change(kind: Kind, metadata: Mapping[str, Any]) -> Change:
    differs = _differing(metadata) if kind in {Kind.UPDATED, Kind.REPLACED} else set()
    return Change(
        kind=kind,
        name=str(metadata.get("urn", "")).rpartition("::")[2],
        type=str(metadata.get("type", "")).rpartition(":")[2],
        properties=tuple(sorted(differs - _NOT_SHOWN)),
    )


def _differing(metadata: Mapping[str, Any]) -> set[str]:
    """Names of inputs; a provider need not list them (ours gives no detail), hence they are compared too."""
    old, new = (((metadata.get(side) or {}).get("inputs") or {}) for side in ("old", "new"))
    compared = {name for name in {*old, *new} if old.get(name) != new.get(name)}
    listed = [
        *(metadata.get("diffs") or ()),
        *(metadata.get("keys") or ()),
        *(metadata.get("detailedDiff") or ()),
    ]
    return compared | {path.partition(".")[0].partition("[")[0] for path in map(str, listed)}
