import pytest

from strata.github import compare
from strata.github.errors import Missing
from tests.strata.release.town import Town


def test_a_commit_is_in_the_history_of_what_comes_after_it_and_in_its_own(town: Town) -> None:
    first, second = town.merge("one"), town.merge("two")

    assert compare.contains(town.github, head="main", commit=first)
    assert compare.contains(town.github, head=second, commit=second)
    assert not compare.contains(town.github, head=first, commit=second)


def test_a_commit_beside_it_is_not(town: Town) -> None:
    beside = town.aside("other")
    town.merge("one")

    assert not compare.contains(town.github, head="main", commit=beside)


def test_a_commit_that_github_does_not_know_is_missing(town: Town) -> None:
    with pytest.raises(Missing):
        compare.contains(town.github, head="main", commit="d" * 40)


def test_what_a_branch_changes_is_told_and_not_what_main_has_changed_since(town: Town) -> None:
    before = town.merge("one")
    after = town.merge("two")

    assert compare.changed(town.github, base=before, commit=after) == {"change.txt"}
    assert compare.changed(town.github, base="main", commit=before) == frozenset()
