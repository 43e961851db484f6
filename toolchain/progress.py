import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from toolchain.errors import UnavailableError

_NAME = "toolchain"


class Progress:
    """One line per step on stderr, with the time it took; a long step shows that it lives.

    On a terminal the running step's line counts its seconds; elsewhere a line is repeated now
    and then, since a log that says nothing for five minutes looks like a hang.

    Args:
        stream: where the lines go; stderr if not given.
        terminal: whether a line may be rewritten; asks the stream if not given.
        beat: seconds between two signs of life off a terminal.
    """

    def __init__(
        self,
        *,
        stream: TextIO | None = None,
        terminal: bool | None = None,
        beat: float = 20.0,
    ) -> None:
        self._stream = stream or sys.stderr
        self._terminal = self._stream.isatty() if terminal is None else terminal
        self._beat = 0.25 if self._terminal else beat
        self._start = time.monotonic()

    def say(self, text: str) -> None:
        """Write one line."""
        self._write(f"{_NAME}: {text}\n")

    def elapsed(self) -> str:
        """Return the time since this object was made, in words."""
        return seconds(time.monotonic() - self._start)

    @contextmanager
    def step(self, what: str, *, expect: str = "") -> Iterator[None]:
        """Show a step while it runs, then its time: `ok`, `failed`, or `skip` if another way is tried.

        Args:
            what: the step, as a noun or a gerund.
            expect: for a long step, how long it usually takes; it is then announced.
        """
        start = time.monotonic()
        hint = f" (usually {expect})" if expect else ""
        if expect and not self._terminal:
            self.say(f"{what}{hint}")
        done = threading.Event()
        beating = threading.Thread(
            target=self._live,
            kwargs={"done": done, "start": start, "what": what, "hint": hint},
            daemon=True,
        )
        beating.start()
        word = "failed"
        try:
            yield
            word = "ok"
        except UnavailableError:
            word = "skip"
            raise
        finally:
            done.set()
            beating.join()
            self.say(f"{word} {seconds(time.monotonic() - start):>7}  {what}")

    def _live(self, *, done: threading.Event, start: float, what: str, hint: str) -> None:
        while not done.wait(self._beat):
            passed = seconds(time.monotonic() - start)
            if self._terminal:
                self._stream.write(f"\r\x1b[K{_NAME}: .. {passed:>7}  {what}{hint}")
                self._stream.flush()
            else:
                self.say(f".. {passed:>7}  {what}")

    def _write(self, line: str) -> None:
        self._stream.write(f"\r\x1b[K{line}" if self._terminal else line)
        self._stream.flush()


def seconds(value: float) -> str:
    """Write a duration the way a person reads it: `0.3 s`, `75 s`, `5 min 04 s`."""
    if value < 10:  # noqa: PLR2004 - tenths say something only for short times
        return f"{value:.1f} s"
    if value < 100:  # noqa: PLR2004 - below that seconds alone are clearer than minutes
        return f"{value:.0f} s"
    minutes, rest = divmod(round(value), 60)
    return f"{minutes} min {rest:02d} s"


Say = Callable[[str], None]
"""A function that shows one line."""
