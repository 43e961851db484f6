"""Whether the dependencies answer (C8)."""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from threading import Lock, Thread

from backend.errors import Unavailable
from backend.logs import logger

TIMEOUT = 2.0
"""Seconds that `/health` takes at most; the compose files give the check five."""

_log = logger(__name__)


class Probe:
    """Asks one dependency, in a thread of its own.

    It is never asked twice at once: a dependency that takes connections and says nothing would otherwise hold
    one more thread each time somebody looks.

    Args:
        ask: returns when the dependency does what it is for, else raises `Unavailable`.
    """

    def __init__(self, ask: Callable[[], None]) -> None:
        self._ask = ask
        self._lock = Lock()
        self._asked: Future[str] | None = None

    def start(self) -> "Future[str]":
        """The answer to come: `ok` or the reason why not."""
        with self._lock:
            if self._asked is None or self._asked.done():
                self._asked = Future()
                # a daemon: one that hangs must not keep the process from ending
                Thread(target=self._run, args=(self._asked,), daemon=True).start()
            return self._asked

    def _run(self, answer: "Future[str]") -> None:
        try:
            self._ask()
        except Unavailable as error:
            answer.set_result(error.reason)
        except Exception:  # noqa: BLE001 - whatever it is, somebody waits for an answer
            _log.exception("check_failed")
            answer.set_result("check failed")
        else:
            answer.set_result("ok")


class Health:
    """All dependencies, asked at the same time.

    Args:
        asks: how to ask each, by its name in the report.
        timeout: in seconds, for all together.
    """

    def __init__(self, asks: Mapping[str, Callable[[], None]], *, timeout: float = TIMEOUT) -> None:
        self._probes = {name: Probe(ask) for name, ask in asks.items()}
        self._timeout = timeout
        self._last: dict[str, str] = {}

    async def checks(self) -> dict[str, str]:
        """`ok` or a short reason for each, in at most `timeout` seconds."""
        asked = {name: asyncio.wrap_future(probe.start()) for name, probe in self._probes.items()}
        await asyncio.wait(asked.values(), timeout=self._timeout)
        found = {
            name: answer.result() if answer.done() else "no answer in time" for name, answer in asked.items()
        }
        self._tell_changes(found)
        return found

    def _tell_changes(self, found: dict[str, str]) -> None:
        # not each time: it is asked every few seconds, and an outage would bury what it does to requests
        if found != self._last:
            healthy = all(state == "ok" for state in found.values())
            (_log.info if healthy else _log.warning)("health", **found)
            self._last = found
