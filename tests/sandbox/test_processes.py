import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox import processes

WORD = "a-word-of-this-test"


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[str]]:
    """A process that sleeps, whose command line holds a word."""
    with subprocess.Popen(
        [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)", WORD],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        yield process
        process.kill()


@pytest.fixture
def pid_file(tmp_path: Path, sleeper: subprocess.Popen[str]) -> Path:
    file = tmp_path / "pid"
    file.write_text(str(sleeper.pid))
    return file


def test_our_process_is_ended_and_its_file_removed(pid_file: Path, sleeper: subprocess.Popen[str]) -> None:
    assert processes.end(pid_file, WORD)
    assert sleeper.wait(timeout=5) == -signal.SIGTERM
    assert not pid_file.exists()


def test_a_stale_pid_that_belongs_to_another_program_is_left_alone(
    pid_file: Path, sleeper: subprocess.Popen[str]
) -> None:
    assert not processes.end(pid_file, WORD, "another word")
    assert sleeper.poll() is None
    assert not pid_file.exists()


@pytest.mark.parametrize("content", ["", "not a number", "999999999"])
def test_a_pid_file_that_leads_nowhere_is_removed(tmp_path: Path, content: str) -> None:
    file = tmp_path / "pid"
    file.write_text(content)

    assert not processes.end(file, WORD)
    assert not file.exists()


def test_a_process_that_ended_but_was_not_waited_for_is_gone(
    pid_file: Path, sleeper: subprocess.Popen[str]
) -> None:
    sleeper.kill()
    os.waitid(os.P_PID, sleeper.pid, os.WEXITED | os.WNOWAIT)

    assert processes.owned(pid_file, WORD) is None


def test_what_does_not_listen_is_killed(tmp_path: Path) -> None:
    code = "from signal import *; signal(SIGTERM, SIG_IGN); print('up', flush=True); pause()"
    with subprocess.Popen([sys.executable, "-c", code, WORD], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        file = tmp_path / "pid"
        file.write_text(str(process.pid))

        assert processes.end(file, WORD, patience=0.2)
        assert process.wait(timeout=5) == -signal.SIGKILL
