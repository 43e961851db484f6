import os
import subprocess
import sys
from dataclasses import replace

import pytest

from tests.throwaway.owner import Mark, Owner


def test_a_process_that_runs_is_not_gone() -> None:
    assert not Owner.of(os.getpid()).gone()


def test_a_process_that_was_killed_is_gone_before_anyone_asked_for_its_exit_code() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        owner = Owner.of(process.pid)
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)

        assert owner.gone()


def test_another_process_with_the_same_id_is_not_the_owner() -> None:
    before = replace(Owner.of(os.getpid()), started="1")

    assert before.gone()


def test_no_process_outlives_a_reboot() -> None:
    assert replace(Owner.of(os.getpid()), boot="before").gone()


def test_a_process_of_another_host_is_never_taken_for_gone() -> None:
    assert not replace(Owner.of(os.getpid()), host="elsewhere", started="1").gone()


def test_an_id_that_no_process_has_is_refused() -> None:
    with pytest.raises(ProcessLookupError):
        Owner.of(2**22 + 1)


def test_a_mark_reads_back_from_its_label() -> None:
    mark = Mark(project="finance-report-it-0a1b", owner=Owner.of(os.getpid()))

    assert Mark.parse(str(mark)) == mark
