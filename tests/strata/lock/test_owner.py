import os
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest

from strata.lock.owner import Owner, is_alive, plain, started
from tests.strata.lock.conftest import NOW

RUN = {
    "GITHUB_ACTIONS": "true",
    "GITHUB_RUN_ID": "77",
    "GITHUB_RUN_ATTEMPT": "2",
    "GITHUB_REPOSITORY": "team/finance_report",
    "GITHUB_ACTOR": "octocat",
}


def test_w6_a_marker_of_a_run_says_run_attempt_host_process_time_and_actor() -> None:
    owner = Owner.here(RUN, now=NOW)

    assert (owner.run, owner.attempt, owner.repository, owner.actor) == (
        77,
        2,
        "team/finance_report",
        "octocat",
    )
    assert (owner.host, owner.time) == (os.uname().nodename, NOW)
    assert is_alive(owner.pid)
    assert Owner.model_validate_json(owner.model_dump_json()) == owner


def test_a_terminal_is_the_process_that_leads_its_session_whatever_stands_between() -> None:
    script = (
        "from datetime import datetime, UTC\nfrom strata.lock.owner import Owner\n"
        "print(Owner.here({}, now=datetime.now(UTC)).pid)"
    )
    shell = subprocess.Popen(
        [
            "/bin/sh",
            "-c",
            '"$0" -c "$1"; :',
            sys.executable,
            f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {script!r}])",
        ],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    told, _ = shell.communicate(timeout=60)

    assert int(told) == shell.pid


def test_variables_of_a_run_outside_of_a_runner_make_no_run() -> None:
    assert Owner.here({**RUN, "GITHUB_ACTIONS": ""}, now=NOW).run is None


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({}, True),
        ({"attempt": 1}, True),
        ({"attempt": 3}, False),
        ({"run": 78}, False),
        ({"repository": "other/finance_report"}, False),
        ({"run": None}, False),
        ({"host": "another runner"}, True),
    ],
)
def test_w6_an_earlier_attempt_of_a_run_is_the_run_itself(*, change: dict[str, Any], same: bool) -> None:
    me = Owner.here(RUN, now=NOW)

    assert me.model_copy(update=change).is_same_as(me) is same


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({}, True),
        ({"pid": 1}, False),
        ({"started": "before"}, False),
        ({"machine": "x"}, False),
        ({"run": 1}, False),
    ],
)
def test_a_terminal_is_known_by_machine_process_and_its_beginning(
    *, change: dict[str, Any], same: bool
) -> None:
    me = Owner.here({}, now=NOW)

    assert me.model_copy(update=change).is_same_as(me) is same


def test_a_process_that_ended_is_not_alive_and_one_that_runs_has_a_beginning() -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()

    assert is_alive(os.getpid())
    assert not is_alive(ended.pid)
    assert started(os.getpid())
    assert started(os.getpid()) == started(os.getpid())
    assert started(ended.pid) == ""


def test_who_holds_it_is_told_with_age_and_without_anything_that_a_name_can_do_to_a_terminal() -> None:
    owner = Owner.here({**RUN, "GITHUB_ACTOR": "evil\x1b[2J\n::error::"}, now=NOW)

    told = owner.told(NOW + timedelta(hours=3))

    assert told == (
        "run 77, attempt 2, of team/finance_report "
        "(started by evil?[2J?::error::, since 2026-11-23T12:00:00+00:00, 3h)"
    )
    assert len(plain("x" * 500)) == 60
