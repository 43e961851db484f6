"""Ending what an earlier run left behind, and nothing else: a pid alone proves nothing after a reboot."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

_PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
_STEP = 0.02


def command_line(pid: int) -> str:
    """The process's command line; empty when it is gone or a zombie."""
    if sys.platform == "linux":
        try:
            return (
                Path(f"/proc/{pid}/cmdline")
                .read_bytes()
                .replace(b"\0", b" ")
                .decode(errors="replace")
                .strip()
            )
        except OSError:
            return ""
    shown = subprocess.run(
        ["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return shown.stdout.strip()


def owned(pid_file: Path, *words: str) -> int | None:
    """The pid in the file if that process lives and its command line holds all the words, else `None`."""
    try:
        pid = int(pid_file.read_text())
    except (OSError, ValueError):
        return None
    line = command_line(pid)
    return pid if line and all(word in line for word in words) else None


def end(pid_file: Path, *words: str, patience: float = 10.0) -> bool:
    """Ask the process of this pid file to stop, kill it when it does not, and remove the file.

    Args:
        pid_file: where its pid stands.
        words: what its command line must hold; a process without them is somebody else's and left alone.
        patience: seconds from the request to the kill.

    Returns:
        Whether there was such a process.
    """
    pid = owned(pid_file, *words)
    if pid is not None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
        if not _gone(pid_file, *words, within=patience):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            _gone(pid_file, *words, within=patience)
    pid_file.unlink(missing_ok=True)
    return pid is not None


def die_with_parent() -> None:
    """Have the kernel kill this process when its parent dies; for `preexec_fn`. On Linux only."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _gone(pid_file: Path, *words: str, within: float) -> bool:
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if owned(pid_file, *words) is None:
            return True
        time.sleep(_STEP)
    return False
