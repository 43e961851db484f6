import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.errors import ReleaseError
from model.newer import Newer, newer
from model.pins import IMAGES


@pytest.mark.parametrize(
    ("tag", "among", "same_major", "next_major"),
    [
        ("17.6", ["17.6", "17.5", "latest", "17", "17-alpine"], None, None),
        ("17.6", ["17.6", "17.9", "17.10", "17.10-alpine3.22"], "17.10", None),
        ("17.6", ["17.7", "18.1", "18.0", "19beta1", "18.2-bookworm"], "17.7", "18.1"),
        ("3.13.7-slim", ["3.13.8", "3.13.9-slim", "3.14.0-slim", "3.14-slim"], "3.14.0-slim", None),
        ("3.13.7-slim", ["3.13.10-slim-bookworm", "3.15.0a1-slim", "3.15.0rc2-slim"], None, None),
        ("24.19.0-slim", ["24.20.0-slim", "26.1.0-slim", "9.99.99-slim"], "24.20.0-slim", "26.1.0-slim"),
        ("8.2.1", ["8.2.2-alpine", "8.2.1.1", "8.3", "8.10.0", "8.9.9"], "8.10.0", None),
        (
            "RELEASE.2025-09-07T16-13-09Z",
            ["RELEASE.2025-10-15T17-29-55Z", "RELEASE.2025-11-15T17-29-55Z.fips", "RELEASE.2024-01-01"],
            "RELEASE.2025-10-15T17-29-55Z",
            None,
        ),
    ],
)  # fmt: skip
def test_c1_only_tags_of_the_pins_own_kind_count(
    tag: str, among: list[str], same_major: str | None, next_major: str | None
) -> None:
    assert newer(tag, among=among) == Newer(same_major=same_major, next_major=next_major)


@pytest.mark.parametrize("tag", ["latest", "17", "bookworm", "17.6beta1", ""])
def test_c1_a_pin_that_cannot_be_compared_is_refused(tag: str) -> None:
    with pytest.raises(ReleaseError, match="pin such a one"):
        newer(tag, among=["18.0"])


@pytest.mark.parametrize("image", IMAGES.values())
def test_c1_each_pin_of_the_table_can_be_compared(image: str) -> None:
    tag = image.rpartition(":")[2]

    assert not newer(tag, among=[tag])


@given(
    st.lists(st.integers(0, 40), min_size=2, max_size=3), st.lists(st.integers(0, 40), min_size=2, max_size=3)
)
def test_c1_numbers_are_compared_as_numbers(pinned: list[int], other: list[int]) -> None:
    behind = bool(newer(".".join(map(str, pinned)), among=[".".join(map(str, other))]))

    assert behind == (len(pinned) == len(other) and other > pinned)
