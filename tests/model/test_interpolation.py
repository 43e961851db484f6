import pytest

from model.errors import ComposeError
from model.interpolation import Use, substitute, uses


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("plain", "plain"),
        ("$SET", "value"),
        ("${SET}", "value"),
        ("a-${SET}-b", "a-value-b"),
        ("${SET:?}", "value"),
        ("${SET:?told}", "value"),
        ("${UNSET:-default}", "default"),
        ("${UNSET-default}", "default"),
        ("${EMPTY:-default}", "default"),
        ("${EMPTY-default}", ""),
        ("${SET:-default}", "value"),
        ("${SET:+there}", "there"),
        ("${SET+there}", "there"),
        ("${EMPTY:+there}", ""),
        ("${EMPTY+there}", "there"),
        ("${UNSET+there}", ""),
        ("${UNSET}", ""),
        ("${UNSET:?}", ""),
        ("$$SET", "$SET"),
        ("$${SET}", "${SET}"),
        ("${UNSET:-${SET}}", "value"),
        ("${UNSET:-a${ALSO:-b}c}", "abc"),
        ("${UNSET:-}", ""),
        ("$SET$SET", "valuevalue"),
    ],
)
def test_c2_variables_are_filled_in_as_docker_does(text: str, filled: str) -> None:
    assert substitute(text, {"SET": "value", "EMPTY": ""}) == filled


def test_c2_what_is_filled_in_is_not_looked_through_again() -> None:
    assert substitute("${A}", {"A": "${{vault.p.a:K}} $B", "B": "no"}) == "${{vault.p.a:K}} $B"


def test_c2_uses_inside_defaults_count() -> None:
    found = list(uses("${A:-${B:?}} $C ${D:+${E}}"))

    assert [(use.name, use.needed) for use in found] == [
        ("A", False),
        ("B", True),
        ("C", True),
        ("D", False),
        ("E", True),
    ]


def test_c2_a_use_carries_its_operator_and_its_word() -> None:
    assert list(uses("${A:?say so}")) == [Use(name="A", operator=":?", word="say so")]


@pytest.mark.parametrize(
    "text", ["cost: 5$", "${", "${A", "${}", "${1}", "$(id)", "${A B}", "${A:-${B}", "${{vault.p.a:K}}"]
)
def test_c2_a_dollar_that_docker_would_refuse_is_refused(text: str) -> None:
    with pytest.raises(ComposeError):
        substitute(text, {})
