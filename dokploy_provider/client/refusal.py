"""What no further request of this process can change, told in full once.

A refresh asks for every resource. Without this, a wrong key was told twelve times over, and a server that
does not answer was waited for twelve times, one after the other (measured 2026-11-23: 44 s).
"""

import threading
from collections.abc import Callable

from dokploy_provider.errors import (
    ApiError,
    DokployError,
    RateLimited,
    ServerFault,
    ServerTooOld,
    Unauthorized,
    Unreachable,
)

AWAY = 30.0  # seconds; a server that did not answer may be back, and whoever waits for it asks again
_WHY: dict[type[DokployError], str] = {
    Unauthorized: "Dokploy does not accept DOKPLOY_API_KEY",
    RateLimited: "Dokploy refuses DOKPLOY_API_KEY since its limit was used up",
    ServerTooOld: "Dokploy is too old",
    Unreachable: "Dokploy does not answer",
    ServerFault: "Dokploy does not answer well",
}


class Refusal:
    """Remembers the first such answer. Thread-safe.

    Args:
        monotonic: the clock, in seconds.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._known: DokployError | None = None
        self._until: float | None = None

    def recall(self) -> None:
        """Answer at once, without a request, if there is something to remember.

        Raises:
            DokployError: the first one's class with one short line.
        """
        with self._lock:
            known = self._remembered()
        if known is not None:
            raise _short(known)

    def told(self, error: DokployError) -> DokployError:
        """The error to raise: this one the first time, afterwards a short line."""
        with self._lock:
            known = self._remembered()
            if known is not None:
                return _short(known)
            self._known = error
            away = isinstance(error, Unreachable | ServerFault)
            self._until = self._monotonic() + AWAY if away else None
            return error

    def _remembered(self) -> DokployError | None:
        if self._until is not None and self._monotonic() >= self._until:
            self._known = self._until = None
        return self._known


def _short(error: DokployError) -> DokployError:
    text = f"{_WHY[type(error)]}; the first error says more. Next: run `strata doctor`."
    if isinstance(error, ApiError):
        return type(error)(text, procedure=error.procedure, status=error.status)
    return type(error)(text)
