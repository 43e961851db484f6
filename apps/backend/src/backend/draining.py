"""Serving, until SIGTERM and the drain after it."""

import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from types import FrameType
from typing import NoReturn

import uvicorn
from starlette.types import ASGIApp

from backend.errors import BackendError
from backend.identity import identity
from backend.lifecycle import Lifecycle
from backend.logs import logger

# After the drain, for answers that are still under way: with it a stop stays within Docker's ten seconds.
_LAST_ANSWERS_SECONDS = 6
# Longer than a router keeps an idle connection (Traefik: 90 s): if we close it, a request may be on its way.
_KEEP_ALIVE_SECONDS = 95

_log = logger(__name__)


class PortTaken(BackendError):
    """Another program listens where we should."""


class DrainingServer(uvicorn.Server):
    """Goes on taking connections for a while after SIGTERM: a router needs time to send nobody here any more.

    Args:
        config: uvicorn's.
        lifecycle: told at once, so that `/ready` says no.
        drain_seconds: how long.
        clock: in seconds.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        *,
        lifecycle: Lifecycle,
        drain_seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(config)
        self._lifecycle = lifecycle
        self._drain_seconds = drain_seconds
        self._clock = clock
        self._stop_at: float | None = None
        self._told = False
        self._cut_off = 0

    @property
    def cut_off(self) -> int:
        """How many requests were still being answered when it ended: their dependency took too long."""
        return self._cut_off

    def handle_exit(self, sig: int, _frame: FrameType | None) -> None:
        """Begin the drain; a second Ctrl+C ends it, a third one the requests as well.

        The base class would raise the signal once more at the end: this stop is a good one, with exit code 0.
        """
        if self._stop_at is None:
            self._lifecycle.stop()
            self._stop_at = self._clock() + self._drain_seconds
        elif sig == signal.SIGINT:
            self.force_exit = self.should_exit
            self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Take connections, and only then say so: a signal finds its handler from here on."""
        await super().startup(sockets)
        ports = sorted({each.getsockname()[1] for each in sockets or []})
        _log.info("serving", ports=ports, drain_seconds=self._drain_seconds, **identity())

    async def on_tick(self, counter: int) -> bool:
        """Whether to stop now."""
        if self._stop_at is not None:
            if not self._told:
                # not where the signal arrives: that may be in the middle of another line
                _log.info("stopping", drain_seconds=self._drain_seconds)
                self._told = True
            self.should_exit = self.should_exit or self._clock() >= self._stop_at
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Wait for the last answers, but not for ever."""
        await super().shutdown(sockets)
        self._cut_off = len(self.server_state.tasks)


def run(app: ASGIApp, *, lifecycle: Lifecycle, port: int, drain_seconds: float) -> None:
    """Serve an application until SIGTERM and the drain after it.

    Args:
        app: what answers.
        lifecycle: told when it begins to stop.
        port: on every address of this container.
        drain_seconds: how long to go on.

    Raises:
        PortTaken: nothing can listen there.
    """
    server = DrainingServer(
        uvicorn.Config(
            app,
            http="h11",
            ws="none",
            lifespan="off",
            access_log=False,
            log_config=None,
            server_header=False,
            timeout_keep_alive=_KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=_LAST_ANSWERS_SECONDS,
        ),
        lifecycle=lifecycle,
        drain_seconds=drain_seconds,
    )
    server.run(sockets=[_listening(port)])
    (_log.warning if server.cut_off else _log.info)("stopped", cut_off=server.cut_off)


def leave() -> NoReturn:
    """End this process with exit code 0, now.

    The interpreter would first wait for every thread, also for one that a dependency does not answer, and
    then take its libraries apart: 0.6 s of a CPU (measured 2026-11-23), much longer on a busy host,
    where Docker kills after ten seconds.
    """
    sys.stdout.flush()
    os._exit(0)


def _listening(port: int) -> socket.socket:
    try:
        return socket.create_server(("", port), backlog=2048)
    except OSError as error:
        raise PortTaken(f"cannot listen on port {port}: {error.strerror}; PORT sets another") from error
