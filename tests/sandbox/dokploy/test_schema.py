"""zod's messages and JavaScript's coercion, as the real server was recorded to show them."""

from typing import Any

import pytest

from sandbox.dokploy.errors import InvalidInput
from sandbox.dokploy.schema import Choice, Field, Flag, ListOf, Number, Record, Text, Union, Url, check


def complaints(field: Field, **sent: Any) -> list[dict[str, Any]]:
    with pytest.raises(InvalidInput) as invalid:
        check({"f": field}, sent)
    return [dict(issue) for issue in invalid.value.issues]


def test_a_field_that_nobody_knows_is_dropped() -> None:
    assert check({"name": Text()}, {"name": "x", "nmae": "y"}) == {"name": "x"}


def test_a_missing_text_was_expected_and_undefined_was_received() -> None:
    assert complaints(Text()) == [
        {
            "expected": "string",
            "code": "invalid_type",
            "path": ["f"],
            "message": "Invalid input: expected string, received undefined",
        }
    ]


@pytest.mark.parametrize(
    ("field", "sent", "code", "message"),
    [
        (Text(least=1), "", "too_small", "Too small: expected string to have >=1 characters"),
        (Text(most=3), "four", "too_big", "Too big: expected string to have <=3 characters"),
        (Text(pattern="^a$", pattern_message="no"), "b", "invalid_format", "no"),
        (Text(rule=lambda _value: "custom"), "b", "custom", "custom"),
        (Text(), None, "invalid_type", "Invalid input: expected string, received null"),
        (Text(), 1, "invalid_type", "Invalid input: expected string, received number"),
        (Number(most=100), 200, "too_big", "Too big: expected number to be <=100"),
        (Number(), "5s", "invalid_type", "Invalid input: expected number, received NaN"),
        (Choice(of=("a", "b")), "c", "invalid_value", 'Invalid option: expected one of "a"|"b"'),
        (Choice(of=("cloud",)), "c", "invalid_value", 'Invalid input: expected "cloud"'),
        (Url(), "127.0.0.1:8210", "invalid_format", "Invalid URL"),
        (ListOf(item=Text()), "x", "invalid_type", "Invalid input: expected array, received string"),
        (Record(fields={}), "x", "invalid_type", "Invalid input: expected object, received string"),
        (Union(discriminator="kind", variants={}), {"kind": "x"}, "invalid_union", "Invalid input"),
    ],
)
def test_each_kind_of_complaint_has_zods_words(field: Field, sent: Any, code: str, message: str) -> None:
    (issue,) = complaints(field, f=sent)

    assert (issue["code"], issue["message"]) == (code, message)


def test_a_required_field_that_may_be_null_complains_as_nonoptional() -> None:
    (issue,) = complaints(Text(nullable=True, bare=True))

    assert issue["expected"] == "nonoptional"
    assert check({"f": Text(nullable=True, bare=True)}, {"f": None}) == {"f": None}


@pytest.mark.parametrize(
    ("sent", "seen"), [("false", True), ("", False), (0, False), (None, False), ("0", True), (1, True)]
)
def test_a_boolean_is_what_javascript_thinks_it_is(sent: Any, seen: object) -> None:
    assert check({"f": Flag()}, {"f": sent}) == {"f": seen}


def test_a_missing_required_boolean_is_false() -> None:
    assert check({"f": Flag()}, {}) == {"f": False}


@pytest.mark.parametrize(("sent", "seen"), [("80", 80), (True, 1), (None, 0), (" 7 ", 7), ("1.5", 1.5)])
def test_a_number_is_what_javascript_thinks_it_is(sent: Any, seen: float) -> None:
    assert check({"f": Number()}, {"f": sent}) == {"f": seen}


def test_a_missing_number_inside_an_object_is_not_a_number() -> None:
    (issue,) = complaints(Record(fields={"Parallelism": Number(nested=True)}), f={})

    assert issue["received"] == "NaN"
    assert issue["path"] == ["f", "Parallelism"]


def test_a_strict_object_names_what_it_does_not_know() -> None:
    (issue,) = complaints(Record(fields={}, strict=True), f={"a": 1, "b": 2})

    assert issue["message"] == 'Unrecognized keys: "a", "b"'
    assert issue["keys"] == ["a", "b"]


def test_an_open_object_keeps_what_it_does_not_know() -> None:
    assert check({"f": Record(fields={}, open=True)}, {"f": {"a": "b"}}) == {"f": {"a": "b"}}


def test_a_default_stands_in_for_a_missing_value_only() -> None:
    field = Number(default=20, least=1)

    assert check({"f": field}, {}) == {"f": 20}
    assert complaints(field, f=0)[0]["code"] == "too_small"


def test_all_complaints_come_at_once_grouped_by_the_field_on_top() -> None:
    with pytest.raises(InvalidInput) as invalid:
        check({"a": Text(), "b": Record(fields={"c": Text()})}, {"b": {}})

    assert invalid.value.body("x.y")["data"]["zodError"]["fieldErrors"] == {
        "a": ["Invalid input: expected string, received undefined"],
        "b": ["Invalid input: expected string, received undefined"],
    }


def test_a_request_that_is_no_object_is_complained_about_as_a_whole() -> None:
    with pytest.raises(InvalidInput) as invalid:
        check({}, [])

    assert invalid.value.body("x.y")["data"]["zodError"]["formErrors"] == [
        "Invalid input: expected object, received array"
    ]
