from typing import Any

import pytest

from model.errors import GuardrailError
from model.gate import GatePlan


def gate(**changes: Any) -> GatePlan:
    values: dict[str, Any] = {
        "repository": "finance_report",
        "environment": "production",
        "reviewer_teams": (1001,),
        "tag_patterns": ("v*.*.*",),
    }
    return GatePlan(**(values | changes))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"reviewer_users": (1, 2, 3, 4, 5)},
        {"wait_minutes": 43_200, "prevent_self_review": True},
        {"reviewer_teams": ()},
        {"tag_patterns": (), "branch_patterns": ("main",)},
        {"branch_patterns": ("main", "refs/pull/*/merge")},
        {"variables": {"STRATA_URL": "https://x"}},
    ],
)
def test_g1_what_github_takes_is_taken(changes: dict[str, Any]) -> None:
    assert gate(**changes).environment == "production"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"reviewer_users": (1, 2, 3, 4, 5, 6)}, "7 reviewers"),
        ({"reviewer_users": (0,)}, "not positive"),
        ({"reviewer_users": (7, 7)}, "named twice"),
        ({"wait_minutes": -1}, "waits -1 minutes"),
        ({"wait_minutes": 43_201}, "waits 43201 minutes"),
        ({"reviewer_teams": (), "prevent_self_review": True}, "prevents self-review without reviewers"),
        ({"tag_patterns": ()}, "takes any branch and any tag"),
        ({"tag_patterns": ("v* v*",)}, "empty or has blanks"),
        ({"tag_patterns": ("",)}, "empty or has blanks"),
        ({"repository": "owner/name"}, "the repository is no plain name"),
        ({"environment": "a/b"}, "the environment's name is not well-formed"),
        ({"variables": {"lower": "x"}}, "'lower' is not well-formed"),
        ({"variables": {"GITHUB_X": "x"}}, "'GITHUB_X' is not well-formed"),
    ],
)
def test_g1_what_it_would_not_take_or_not_guard_cannot_be_made(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(GuardrailError) as caught:
        gate(**changes)

    assert [one.rule for one in caught.value.violations] == ["G1"]
    assert told in str(caught.value)


def test_g1_all_faults_are_told_at_once() -> None:
    with pytest.raises(GuardrailError) as caught:
        gate(wait_minutes=-1, repository="", tag_patterns=())

    assert len(caught.value.violations) == 3


def test_g1_users_and_teams_count_together() -> None:
    assert gate(reviewer_users=(1, 2)).reviewers == 3
