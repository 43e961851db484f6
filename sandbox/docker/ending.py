"""Ending a command that runs: asked first, as Ctrl-C does; by force when it does not listen."""

import asyncio
import contextlib
import logging
import os
import signal

_log = logging.getLogger(__name__)

# Seconds after SIGINT, and after SIGKILL: together less than `processes.end` gives the daemon. The command
# has a session of its own and would outlive it.
_PATIENCE = 4.0
_LAST = 1.0


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
