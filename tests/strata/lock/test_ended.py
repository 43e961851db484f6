import os
from collections.abc import Callable

import pytest

from strata.lock.ended import judge
from strata.lock.owner import Owner
from tests.strata.lock.conftest import NOW, Runs

MakeRun = Callable[..., Owner]


@pytest.fixture
def me() -> Owner:
    return Owner.here({}, now=NOW)


@pytest.mark.parametrize(
    ("status", "attempt", "over", "why"),
    [
        ("completed", 1, True, "that run is over (failure)"),
        ("in_progress", 1, False, "that run is in_progress"),
        ("queued", 1, False, "that run is queued"),
        ("waiting", 1, False, "that run is waiting"),
        ("in_progress", 2, True, "attempt 2 of that run has begun since"),
    ],
)
def test_w6_a_run_has_ended_when_github_says_so(
    *, status: str, attempt: int, over: bool, why: str, github: Runs, run: MakeRun, me: Owner
) -> None:
    github.known[5] = (status, attempt)

    verdict = judge(run(5), me, github=github)

    assert (verdict.over, verdict.why) == (over, why)
    assert github.asked == ["/repos/team/finance_report/actions/runs/5"]


def test_w6_our_own_earlier_attempt_is_known_without_asking(github: Runs, run: MakeRun) -> None:
    assert judge(run(5), run(5, attempt=2), github=github).over
    assert github.asked == []


def test_w6_a_run_that_github_does_not_show_is_not_over(github: Runs, run: MakeRun, me: Owner) -> None:
    verdict = judge(run(5), me, github=github)

    assert (verdict.over, verdict.why) == (False, "GitHub shows no such run to this token")


def test_w6_a_run_of_another_repository_is_not_asked_for(github: Runs, run: MakeRun, me: Owner) -> None:
    github.known[5] = ("completed", 1)

    assert not judge(run(5, repository="another/one"), me, github=github).over
    assert github.asked == []


def test_w6_a_github_that_does_not_answer_ends_nothing(github: Runs, run: MakeRun, me: Owner) -> None:
    github.refuses = 503

    verdict = judge(run(5), me, github=github)

    assert not verdict.over
    assert verdict.why.startswith("GitHub could not be asked about it (GitHub answered 503")


def test_w6_a_terminal_has_ended_with_its_process(github: Runs, me: Owner) -> None:
    other = me.model_copy(update={"pid": os.getpid(), "started": "before the machine started anew"})

    assert judge(other, me, github=github).why == "that process has ended"
    assert judge(me.model_copy(update={"pid": 2**22 + 1}), me, github=github).over


def test_w6_a_terminal_that_is_open_holds_on(github: Runs, me: Owner) -> None:
    shell = Owner.here({}, now=NOW, pid=1)

    assert judge(shell, me.model_copy(update={"pid": os.getpid(), "started": "-"}), github=github).why == (
        "that process still runs"
    )


def test_w6_another_machines_terminal_cannot_be_seen(github: Runs, me: Owner) -> None:
    for change in ({"host": "elsewhere"}, {"machine": "elsewhere"}):
        verdict = judge(me.model_copy(update={**change, "pid": 2**22 + 1}), me, github=github)

        assert (verdict.over, verdict.why) == (
            False,
            "it is another machine's, so its end cannot be seen from here",
        )
