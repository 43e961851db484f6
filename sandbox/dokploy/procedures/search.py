"""`*.search`: PostgreSQL's ILIKE over a few columns, newest first, with a window."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from sandbox.dokploy.call import Data
from sandbox.store import Document


def found(rows: Iterable[Document], data: Data, *, columns: Sequence[str]) -> list[Document]:
    """The rows whose columns contain what was asked for; `q` looks in all of them."""
    return [
        row
        for row in rows
        if all(_like(row[name], data[name]) for name in columns if data.get(name))
        and (not data.get("q") or any(_like(row[name], data["q"]) for name in columns))
    ]


def window(rows: Sequence[Document], data: Data, *, columns: Sequence[str] = ()) -> dict[str, Any]:
    """`{items, total}` of rows in order of creation, with all columns or the named ones."""
    newest = list(reversed(rows))
    shown = newest[data["offset"] : data["offset"] + data["limit"]]
    items = [{name: row[name] for name in columns} if columns else row for row in shown]
    return {"items": items, "total": len(rows)}


def _like(value: str | None, wanted: str) -> bool:
    """ILIKE `%wanted%`, where `%` and `_` inside are wildcards too."""
    pattern = "".join({"%": ".*", "_": "."}.get(character, re.escape(character)) for character in wanted)
    return re.search(pattern, value or "", re.IGNORECASE | re.DOTALL) is not None
