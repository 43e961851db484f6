from decimal import Decimal

import pytest

from backend import money


@pytest.mark.parametrize("text", ["0.1", "-0.01", "+7", "999999999999999.9999"])
def test_an_amount_is_taken_exactly(text: str) -> None:
    assert money.exact(text) == Decimal(text)


def test_a_number_is_taken_when_it_is_what_was_written() -> None:
    assert [money.exact(0.1), money.exact(-12.5), money.exact(10**14)] == [
        Decimal("0.1"),
        Decimal("-12.5"),
        Decimal(10**14),
    ]


def test_a_number_that_lost_digits_is_not_guessed_at() -> None:
    with pytest.raises(ValueError, match="has to be text"):
        money.exact(123456789012345.67)


@pytest.mark.parametrize(
    "value", [None, True, [], {}, "", "1.", ".5", "1.23456", " 1", "1 ", 1e-7, float("inf")]
)
def test_what_is_no_amount_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="has to be a decimal"):
        money.exact(value)


@pytest.mark.parametrize(
    ("currency", "places"), [("EUR", 2), ("JPY", 0), ("KWD", 3), ("XAU", None), ("eur", None), ("nope", None)]
)
def test_places_are_those_of_iso_4217(currency: str, places: int | None) -> None:
    assert money.places(currency) == places


def test_an_amount_is_shown_with_all_its_places_and_no_exponent() -> None:
    assert [
        money.shown(Decimal("1E+3"), currency="EUR"),
        money.shown(Decimal("-0.5000"), currency="EUR"),
        money.shown(Decimal(7), currency="JPY"),
    ] == ["1000.00", "-0.50", "7"]
