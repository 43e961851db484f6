"""Who asked what of which part of the sandbox; read by tests through a cursor.

Bodies are not kept: a log that repeats a request would repeat its secrets.
"""

import threading
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Access:
    """One request.

    Attributes:
        cursor: counts from 1 and never repeats within one run of the sandbox.
        part: `dokploy`, `github`, `registry`, `git` or `ingress`.
        method: the HTTP verb.
        path: for Dokploy the procedure (`compose.one`), else the URL's path without its query.
        status: what was answered; 0 when the connection was cut.
        seconds: time taken.
    """

    cursor: int
    part: str
    method: str
    path: str
    status: int
    seconds: float


class AccessLog:
    """The last `keep` requests."""

    def __init__(self, *, keep: int = 20_000) -> None:
        self._keep = keep
        self._entries: list[Access] = []
        self._last = 0
        self._lock = threading.Lock()

    def add(self, *, part: str, method: str, path: str, status: int, seconds: float) -> None:
        """Note one request."""
        with self._lock:
            self._last += 1
            entry = Access(
                cursor=self._last,
                part=part,
                method=method,
                path=path,
                status=status,
                seconds=round(seconds, 4),
            )
            self._entries.append(entry)
            del self._entries[: -self._keep]

    def since(self, cursor: int, *, part: str | None = None) -> list[dict[str, Any]]:
        """Entries after `cursor`, oldest first, of one part or of all."""
        with self._lock:
            return [asdict(e) for e in self._entries if e.cursor > cursor and part in (None, e.part)]

    @property
    def cursor(self) -> int:
        """The number of the newest entry, 0 when there is none."""
        return self._last
