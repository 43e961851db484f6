import pytest

from model.app_permissions import APP_PERMISSIONS, excessive, lacking, requested


def test_an_app_with_all_that_is_asked_for_lacks_nothing_and_has_nothing_in_excess() -> None:
    assert lacking(requested()) == []
    assert excessive(requested()) == []


@pytest.mark.parametrize("name", [one.name for one in APP_PERMISSIONS])
def test_each_permission_that_is_taken_away_is_named(name: str) -> None:
    granted = {other: level for other, level in requested().items() if other != name}

    assert [one.name for one in lacking(granted)] == [name]


def test_a_level_above_read_is_enough_and_is_told() -> None:
    granted = {**requested(), "administration": "write", "secrets": "write"}

    assert lacking(granted) == []
    assert excessive(granted) == ["administration", "secrets"]


def test_a_level_that_is_none_is_lacking() -> None:
    assert [one.name for one in lacking({**requested(), "contents": "none"})] == ["contents"]
