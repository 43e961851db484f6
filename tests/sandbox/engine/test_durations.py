import pytest

from sandbox.engine.durations import human
from sandbox.engine.waiting import go_duration


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.4, "Less than a second"),
        (1, "1 second"),
        (59, "59 seconds"),
        (60, "About a minute"),
        (150, "2 minutes"),
        (3600, "About an hour"),
        (3600 * 30, "30 hours"),
        (86400 * 3, "3 days"),
        (86400 * 20, "2 weeks"),
        (86400 * 90, "3 months"),
    ],
)
def test_time_is_told_in_dockers_words(seconds: float, words: str) -> None:
    assert human(seconds) == words


@pytest.mark.parametrize(("seconds", "words"), [(30, "30s"), (300, "5m0s"), (3723, "1h2m3s")])
def test_a_limit_is_told_in_gos_words(seconds: float, words: str) -> None:
    assert go_duration(seconds) == words
