"""Ownership: whose an object is stands at the end of its description.

`strata:<project>/<stack>/<logical name>`, set by the very request that creates the object, so that it is
found again when the answer is lost. Names are no proof: Dokploy accepts duplicates everywhere (measured
2026-11-22).
"""

import re
from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

from dokploy_provider.errors import Ambiguous, NotOurs

_MARKER = re.compile(r"(?:^|\s)(strata:[^/\s]+/[^/\s]+/\S+)\s*$")


class Described(Protocol):
    """What carries a description."""

    @property
    def description(self) -> str | None:
        """Its text at Dokploy."""


D = TypeVar("D", bound=Described)


def described(description: str, owner: str) -> str:
    """The text that Dokploy keeps: the description with the marker behind it."""
    return f"{description} {owner}".strip()


def owner_of(row: Described) -> str | None:
    """The marker that an object carries, if any."""
    match = _MARKER.search(row.description or "")
    return match.group(1) if match else None


def plain(row: Described) -> str:
    """An object's description without a marker."""
    return _MARKER.sub("", row.description or "").strip()


def one_of_ours(rows: Iterable[D], owner: str, *, what: str, ids: Sequence[str]) -> D | None:
    """The only row that carries our marker, `None` if there is none.

    Args:
        rows: candidates.
        owner: our marker.
        what: kind of the object, for the message.
        ids: id of each row, in the same order.

    Raises:
        Ambiguous: several carry it.
    """
    ours = [(row, i) for row, i in zip(rows, ids, strict=True) if owner_of(row) == owner]
    if len(ours) > 1:
        raise Ambiguous(
            f"{len(ours)} {what}s carry the marker {owner}: {', '.join(i for _, i in ours)}. "
            f"Remove the marker from the description of all but one (or delete the others) and run again."
        )
    return ours[0][0] if ours else None


def refuse_same_name(name: str, ids: Sequence[str], *, what: str, adopt: bool = True) -> None:
    """Stop when objects of our name exist that are not ours.

    Raises:
        NotOurs: `ids` is not empty; all of them are in the message.
    """
    if ids:
        remedy = (
            "rename it, or give its id as `adopt`"
            if adopt
            else "rename it, or make its settings equal to ours"
        )
        raise NotOurs(
            f"{what} {name!r} exists at Dokploy without our marker (id {', '.join(ids)}). If it is yours: "
            f"{remedy}."
        )


def refuse_foreign(row: Described, owner: str, *, what: str, id_: str) -> None:
    """Stop before changing what another stack has marked since; no marker at all is repaired.

    Raises:
        NotOurs: it carries someone else's marker.
    """
    theirs = owner_of(row)
    if theirs not in {None, owner}:
        raise NotOurs(
            f"{what} {id_} carries the marker {theirs}, not {owner}. Two stacks claim it: `pulumi state "
            "delete` it in the one that does not own it."
        )
