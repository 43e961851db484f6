"""S3: whose an object is."""

from dataclasses import dataclass

import pytest

from dokploy_provider.crud import marker

OWNER = "strata:finance-report/staging/app"


@dataclass
class Thing:
    description: str | None


@pytest.mark.parametrize("text", [OWNER, f"The application {OWNER}", f"two\nlines\n{OWNER}", f"{OWNER}  "])
def test_a_description_that_ends_with_a_marker_has_an_owner(text: str) -> None:
    assert marker.owner_of(Thing(text)) == OWNER


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "by hand",
        f"{OWNER} was here",
        f"not{OWNER}",
        "strata:finance-report/staging",
        "strata:a b/c/d",
    ],
)
def test_any_other_description_has_none(text: str | None) -> None:
    assert marker.owner_of(Thing(text)) is None


@pytest.mark.parametrize("text", ["", "The application", "two\nlines"])
def test_a_description_is_what_it_was_without_its_marker(text: str) -> None:
    assert marker.plain(Thing(marker.described(text, OWNER))) == text


def test_a_marker_that_begins_like_ours_is_not_ours() -> None:
    assert marker.one_of_ours([Thing(f"{OWNER}-two")], OWNER, what="compose", ids=["c1"]) is None
