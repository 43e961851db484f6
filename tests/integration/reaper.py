"""Removes a project whose owner was killed.

A process in a session of its own, which neither Ctrl-C nor a kill of the run reaches. Its stdin is a
pipe that only the owner holds: however the owner ends, the kernel closes it. On the way the owner tells
which Compose process is at work, since a kill of the owner does not end that one.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.throwaway.engine import connected
from tests.throwaway.owner import Mark, Owner

_ROOT = Path(__file__).resolve().parents[2]
_DONE = "done"


@dataclass(frozen=True)
class Reaper:
    """The owner's end of the pipe."""

    process: "subprocess.Popen[bytes]"

    @contextmanager
    def knows(self, pid: int) -> Iterator[None]:
        """Have this process of the run, and its group, ended too if the run is killed meanwhile."""
        self._tell(f"+{pid}")
        try:
            yield
        finally:
            self._tell(f"-{pid}")

    def dismiss(self) -> None:
        """There is nothing left to remove."""
        self._tell(_DONE)

    def _tell(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line.encode() + b"\n")


@contextmanager
def watching(mark: Mark, *, log: Path) -> Iterator[Reaper]:
    """A reaper that removes the project unless it is dismissed before the end.

    Args:
        mark: the project's.
        log: where the reaper says what it did.
    """
    with (
        log.open("wb") as lines,
        subprocess.Popen(
            [sys.executable, "-m", __name__, str(mark)],
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=lines,
            stderr=lines,
            bufsize=0,
            start_new_session=True,
        ) as process,
    ):
        yield Reaper(process)


def main(mark: Mark) -> int:
    """Wait for the owner's end, then remove what it has left; the exit code is 0 if nothing is left."""
    # ends by itself, a bounded time after its owner
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    helpers: dict[int, Owner] = {}
    for line in map(str.strip, sys.stdin):
        if line == _DONE:
            return 0
        pid = int(line[1:])
        helpers.pop(pid, None)
        with suppress(ProcessLookupError):
            if line.startswith("+"):
                helpers[pid] = Owner.of(pid)
    for pid, helper in helpers.items():
        if not helper.gone():
            os.killpg(pid, signal.SIGKILL)
    with connected() as engine:
        engine.remove(mark)
    sys.stdout.write(f"removed {mark.project}: the run that owned it ended without doing so\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(Mark.parse(sys.argv[1])))
