"""Clocks that do not make a test wait."""

import threading
import time

from dokploy_provider.timing import Clock


class StandingClock:
    """Time passes only by sleeping, and sleeping takes none."""

    def __init__(self) -> None:
        self.time = 1000.0
        self.slept: list[float] = []

    def clock(self) -> Clock:
        return Clock(monotonic=lambda: self.time, sleep=self._sleep)

    def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds


class HurriedClock:
    """For a server that works in another thread: each sleep is a moment long and counts as asked for."""

    def __init__(self) -> None:
        self._skipped = 0.0
        self._lock = threading.Lock()

    def clock(self) -> Clock:
        return Clock(monotonic=lambda: time.monotonic() + self._skipped, sleep=self._sleep)

    def _sleep(self, seconds: float) -> None:
        moment = min(seconds, 0.003)
        threading.Event().wait(moment)
        with self._lock:
            self._skipped += seconds - moment
