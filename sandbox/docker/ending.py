"""Ending a command that runs: asked first, as Ctrl-C does; by force when it does not listen."""

import asyncio
import contextlib
import logging
import os
import signal

_log = logging.getLogger(__name__)

_PATIENCE = 10.0  # seconds after SIGINT: Compose takes back what it has begun
_LAST = 2.0  # and after SIGKILL


async def end(process: asyncio.subprocess.Process) -> None:
    """End a command with its children; what it began in the Engine goes on there.

    Args:
        process: the first of a session of its own.
    """
    for number, seconds in ((signal.SIGINT, _PATIENCE), (signal.SIGKILL, _LAST)):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), seconds)
            return
    _log.warning("the docker command with pid %s does not end", process.pid)
