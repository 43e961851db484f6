"""Everything the sandbox remembers, as JSON documents in one SQLite file.

The file outlives the process: a second `up` on the same folder finds the state of the first,
as a Dokploy host finds its database after a reboot.
"""

import json
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Document = dict[str, Any]


class Store:
    """Named tables of documents, written through to SQLite and read from memory.

    Args:
        path: the database file; `None` keeps everything in memory.
    """

    def __init__(self, path: Path | None) -> None:
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path or ":memory:", check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS document"
            " (place TEXT, id TEXT, body TEXT NOT NULL, PRIMARY KEY (place, id))"
        )
        self._tables: dict[str, Table] = {}
        for place, key, body in self._db.execute("SELECT place, id, body FROM document ORDER BY rowid"):
            self.table(place)._rows[key] = json.loads(body)  # noqa: SLF001  # a table is this module's own

    def table(self, name: str) -> "Table":
        """The table called `name`, made on first use."""
        with self._lock:
            if name not in self._tables:
                self._tables[name] = Table(name=name, db=self._db, lock=self._lock)
            return self._tables[name]

    def tables(self) -> dict[str, "Table"]:
        """All tables by name."""
        return dict(self._tables)

    def dump(self) -> dict[str, dict[str, Document]]:
        """A copy of everything, for `reset` to a known point and for comparing in tests."""
        with self._lock:
            return {
                name: {key: table.get(key) or {} for key in table} for name, table in self._tables.items()
            }

    def restore(self, content: dict[str, dict[str, Document]]) -> None:
        """Replace everything by what `dump` returned."""
        with self._lock:
            for name in {*self._tables, *content}:
                table = self.table(name)
                table.clear()
                for key, document in content.get(name, {}).items():
                    table.put(key, document)

    def close(self) -> None:
        """Close the file; the store is of no use afterwards."""
        self._db.close()


class Table:
    """Documents by id, in order of insertion; reads return copies."""

    def __init__(self, *, name: str, db: sqlite3.Connection, lock: threading.RLock) -> None:
        self.name = name
        self._db = db
        self._lock = lock
        self._rows: dict[str, Document] = {}

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._rows))

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, key: str) -> bool:
        return key in self._rows

    def get(self, key: str) -> Document | None:
        """A copy of the document, or `None`."""
        row = self._rows.get(key)
        return None if row is None else json.loads(json.dumps(row))

    def put(self, key: str, document: Document) -> None:
        """Insert or replace."""
        body = json.dumps(document)
        with self._lock:
            self._rows[key] = json.loads(body)
            self._db.execute(
                "INSERT INTO document VALUES (?, ?, ?)"
                " ON CONFLICT (place, id) DO UPDATE SET body = excluded.body",
                (self.name, key, body),
            )

    def patch(self, key: str, **changes: Any) -> Document:
        """Change fields of an existing document and return the result; `KeyError` if there is none."""
        with self._lock:
            document = {**self._rows[key], **changes}
            self.put(key, document)
        return json.loads(json.dumps(document))  # type: ignore[no-any-return]

    def delete(self, key: str) -> Document | None:
        """Remove and return the document, `None` if there was none."""
        with self._lock:
            self._db.execute("DELETE FROM document WHERE place = ? AND id = ?", (self.name, key))
            return self._rows.pop(key, None)

    def clear(self) -> None:
        """Remove all documents."""
        with self._lock:
            self._rows.clear()
            self._db.execute("DELETE FROM document WHERE place = ?", (self.name,))

    def where(self, **fields: Any) -> list[Document]:
        """Copies of the documents whose fields have these values, oldest first."""
        with self._lock:
            found = [
                row
                for row in self._rows.values()
                if all(row.get(name) == value for name, value in fields.items())
            ]
            return [json.loads(json.dumps(row)) for row in found]
