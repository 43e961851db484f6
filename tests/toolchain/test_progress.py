import io
import re
import threading

import pytest

from toolchain.errors import UnavailableError
from toolchain.progress import Progress, seconds


class Stream(io.StringIO):
    """Tells when something was written a second time."""

    def __init__(self) -> None:
        super().__init__()
        self.twice = threading.Event()
        self._writes = 0

    def write(self, text: str) -> int:
        self._writes += 1
        if self._writes > 1:
            self.twice.set()
        return super().write(text)


def test_a_short_step_is_one_line_with_its_time(progress: Progress, said: io.StringIO) -> None:
    with progress.step("install"):
        pass

    assert re.fullmatch(r"toolchain: ok   0\.\d s  install\n", said.getvalue())


def test_a_long_step_is_announced_and_shows_that_it_lives() -> None:
    stream = Stream()

    with Progress(stream=stream, terminal=False, beat=0.01).step("build", expect="5 min"):
        assert stream.twice.wait(5)

    lines = stream.getvalue().splitlines()
    assert lines[0] == "toolchain: build (usually 5 min)"
    assert re.fullmatch(r"toolchain: ..   0\.\d s  build", lines[1])
    assert re.fullmatch(r"toolchain: ok   0\.\d s  build", lines[-1])


def test_a_failed_step_says_so(progress: Progress, said: io.StringIO) -> None:
    with pytest.raises(ValueError, match="broke"), progress.step("build"):
        raise ValueError("broke")

    assert "toolchain: failed" in said.getvalue()


def test_a_step_that_another_way_replaces_is_no_failure(progress: Progress, said: io.StringIO) -> None:
    with pytest.raises(UnavailableError), progress.step("download"):
        raise UnavailableError("not from here", todo="")

    assert "toolchain: skip" in said.getvalue()


def test_nothing_but_plain_lines_goes_to_a_file(progress: Progress, said: io.StringIO) -> None:
    with progress.step("install"):
        pass

    assert "\x1b" not in said.getvalue()
    assert "\r" not in said.getvalue()


def test_a_terminal_s_line_is_rewritten() -> None:
    stream = io.StringIO()

    with Progress(stream=stream, terminal=True).step("install"):
        pass

    assert stream.getvalue().startswith("\r\x1b[Ktoolchain: ok")


@pytest.mark.parametrize(
    ("value", "words"), [(0.31, "0.3 s"), (75.4, "75 s"), (304.2, "5 min 04 s"), (119.7, "2 min 00 s")]
)
def test_a_duration_is_written_the_way_a_person_reads_it(value: float, words: str) -> None:
    assert seconds(value) == words
