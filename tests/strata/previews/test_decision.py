"""P8: what a pull request's state asks for, whatever event started the run."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strata.previews.decision import Action, Push, Reason, Request, Rules, decide

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
COMMIT = "a" * 40
OPEN = Request(number=12, open=True, commit=COMMIT, own=True, labels=frozenset({"preview"}))
RULES = Rules(label="", limit=2, ttl=timedelta(hours=72))


def asked(request: Request | None = OPEN, **given: object) -> tuple[Action, Reason]:
    facts: dict[str, object] = {
        "number": 12,
        "rules": RULES,
        "previews": frozenset(),
        "push": None,
        "now": NOW,
        **given,
    }
    decision = decide(request, **facts)  # type: ignore[arg-type]  # one table for all of its arguments
    return decision.action, decision.reason


def test_p1_an_open_one_is_brought_up() -> None:
    assert asked() == (Action.UP, Reason.WANTED)


def test_p1_a_closed_one_is_destroyed_also_when_nothing_shows_that_it_was() -> None:
    assert asked(replace(OPEN, open=False), traces=False) == (Action.DESTROY, Reason.CLOSED)


def test_p5_one_that_does_not_exist_is_destroyed() -> None:
    assert asked(None) == (Action.DESTROY, Reason.GONE)


@pytest.mark.parametrize("open_", [True, False])
@pytest.mark.parametrize("previews", [frozenset(), frozenset({12})])
def test_p7_a_fork_never_starts_a_job_on_its_own(*, open_: bool, previews: frozenset[int]) -> None:
    fork = replace(OPEN, own=False, open=open_)

    assert asked(fork, previews=previews) == (Action.NONE, Reason.FORK)


def test_p7_a_forks_leftovers_go_when_somebody_with_the_right_asks() -> None:
    assert asked(replace(OPEN, own=False), by_hand=True) == (Action.DESTROY, Reason.FORK)


@pytest.mark.parametrize("label", ["preview", "Preview", "a b"])
def test_p1_without_the_label_there_is_none_and_case_matters(label: str) -> None:
    rules = replace(RULES, label=label)
    expected = (Action.UP, Reason.WANTED) if label == "preview" else (Action.DESTROY, Reason.LABEL)

    assert asked(rules=rules) == expected


def test_an_unlabelled_one_that_nothing_is_seen_of_needs_no_job() -> None:
    rules = replace(RULES, label="other")

    assert asked(rules=rules, traces=False) == (Action.NONE, Reason.LABEL)
    assert asked(rules=rules, traces=False, by_hand=True) == (Action.DESTROY, Reason.LABEL)


@pytest.mark.parametrize(("hours", "action"), [(0, Action.UP), (71.99, Action.UP), (72, Action.DESTROY)])
def test_p5_the_time_counts_from_the_last_push(hours: float, action: Action) -> None:
    push = Push(commit=COMMIT, seen=NOW - timedelta(hours=hours))

    assert asked(push=push, previews=frozenset({12}))[0] is action


def test_p5_another_commit_than_the_known_one_is_a_push() -> None:
    push = Push(commit="b" * 40, seen=NOW - timedelta(days=300))

    assert asked(push=push) == (Action.UP, Reason.WANTED)


def test_p6_above_the_limit_one_that_is_there_updates_and_a_new_one_waits() -> None:
    full = frozenset({1, 2, 12})

    assert asked(previews=full) == (Action.UP, Reason.WANTED)
    assert asked(previews=full - {12}, traces=False) == (Action.NONE, Reason.LIMIT)


def test_p6_its_own_place_is_not_counted_against_it() -> None:
    assert asked(previews=frozenset({1, 12}), rules=replace(RULES, limit=2)) == (Action.UP, Reason.WANTED)


@given(
    open_=st.booleans(),
    own=st.booleans(),
    label=st.sampled_from(["", "preview", "other"]),
    previews=st.frozensets(st.integers(1, 15)),
    hours=st.none() | st.integers(0, 200),
    traces=st.booleans(),
    by_hand=st.booleans(),
)
def test_p7_p8_nothing_comes_up_but_an_open_labelled_fresh_one_of_this_repository(
    *,
    open_: bool,
    own: bool,
    label: str,
    previews: frozenset[int],
    hours: int | None,
    traces: bool,
    by_hand: bool,
) -> None:
    push = None if hours is None else Push(commit=COMMIT, seen=NOW - timedelta(hours=hours))

    action, _ = asked(
        replace(OPEN, open=open_, own=own),
        rules=replace(RULES, label=label),
        previews=previews,
        push=push,
        traces=traces,
        by_hand=by_hand,
    )

    place = 12 in previews or len(previews) < RULES.limit
    wanted = open_ and own and label != "other" and (hours or 0) < 72
    assert (action is Action.UP) is (wanted and place)
