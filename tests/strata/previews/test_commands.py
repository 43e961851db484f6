"""Bad words on the command line end at once; nothing is asked and nothing is run that came from outside."""

from collections.abc import Callable

import pytest
from typer.testing import Result

from strata.outcome import Exit
from tests.strata.conftest import Here

Strata = Callable[..., Result]
NUMBERS = ("0", "-1", "", "x", "12;touch gone", "$(id)", "1e3", "01", "1" * 10, "١٢", "12\n13")


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize(
    "words",
    [("look",), ("before", "--action", "up"), ("after", "--action", "up", "--outcome", "success")],
)
def test_a_number_that_is_none_is_wrong_usage(
    strata: Strata,
    here: Here,
    number: str,
    words: tuple[str, ...],
) -> None:
    result = strata("preview", *words, f"--pr={number}")

    assert result.exit_code == Exit.USAGE
    assert "--pr is not the number of a pull request" in result.stderr
    assert not list(here.folder.glob("gone"))


@pytest.mark.parametrize(
    "words",
    [
        ("before", "--pr", "12"),
        ("before", "--pr", "12", "--action", "closed"),
        ("before", "--pr", "12", "--action", "none"),
        ("after", "--pr", "12", "--action", "up", "--outcome", ""),
        ("after", "--pr", "12", "--action", "up", "--outcome", "neutral"),
        ("look",),
    ],
)
def test_an_unknown_action_or_outcome_is_wrong_usage(
    strata: Strata,
    here: Here,
    words: tuple[str, ...],
) -> None:
    assert strata("preview", *words).exit_code == Exit.USAGE


@pytest.mark.parametrize("words", [("preview", "look", "--pr", "12"), ("sweep",)])
def test_without_a_token_it_says_what_is_missing(
    strata: Strata,
    here: Here,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
) -> None:
    for name in ("GITHUB_TOKEN", "GITHUB_REPOSITORY", "GITHUB_OWNER"):
        monkeypatch.delenv(name, raising=False)

    result = strata(*words)

    assert result.exit_code == Exit.FAILED
    assert "GITHUB_TOKEN and GITHUB_REPOSITORY (or GITHUB_OWNER) not set" in result.stderr
