"""The issue's text. It says the same for the same findings, so that it is written only when they change."""

from collections.abc import Iterable

from strata.drift.look import Drift
from strata.markdown import plain

_LONGEST = 600
_SHOWN = 50


def title(found: Drift) -> str:
    """Drift and not having been able to look are two titles."""
    if found.moved or found.gates or found.token:
        return f"{found.stack} has drifted"
    return f"{found.stack} could not be looked at"


def page(found: Drift) -> str:
    """Markdown; names of resources and properties, and what systems said to a question, as code."""
    parts = [
        *_part(
            "Not what the state says",
            found.moved,
            f"`pulumi preview --refresh --diff --stack {found.stack}` shows what an `up` would set right; "
            f"`pulumi up --refresh --stack {found.stack}` does it.",
        ),
        *_part(
            "Gates that are not as declared",
            found.gates,
            f"`strata audit --stack {found.stack}`; an administrator sets them right from their machine.",
        ),
        *_part("Dokploy's token for Vault", found.token, f"`strata vault connect {found.stack}`."),
        *_part(
            "Could not be looked at",
            found.unseen,
            "This says nothing about what is there. `strata doctor`, then run the workflow again.",
        ),
    ]
    return "\n".join([*parts, "This issue is closed by the next look that finds nothing."])


def _part(heading: str, lines: Iterable[str], next_step: str) -> list[str]:
    told = [f"- {plain(line, longest=_LONGEST)}" for line in lines]
    if not told:
        return []
    more = [f"- and {len(told) - _SHOWN} more"] if len(told) > _SHOWN else []
    return [f"### {heading}", "", *told[:_SHOWN], *more, "", f"Next: {next_step}", ""]
