"""Expected values are those of Docker Compose 5.6.1 and `docker stack config` 28.2.2 (2026-11-23)."""

import pytest

from sandbox.engine.errors import ComposeFileError
from sandbox.engine.interpolation import (
    Invalid,
    Required,
    compose_substitute,
    interpolate,
    stack_substitute,
)

VALUES = {"SET": "v", "EMPTY": ""}


def compose(text: str) -> str:
    return compose_substitute(text, lookup=VALUES.get, warn=lambda _: None)


def stack(text: str) -> str:
    return stack_substitute(text, lookup=VALUES.get)


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("$SET ${SET}", "v v"),
        ("$NO${NO}", ""),
        ("a$$b $${SET}", "a$b ${SET}"),
        ("${NO:-d} ${NO-d} ${EMPTY:-d} ${EMPTY-d}", "d d d "),
        ("${SET:+y} ${NO:+y} ${EMPTY:+y} ${EMPTY+y}", "y   y"),
        ("${NO:-x${NO:-$SET}}", "xv"),
        ("${NO-${NO:-c}}", "c"),
        ("${NO:-a b:c}", "a b:c"),
        ("${SET:?m}-${SET?}", "v-v"),
        ("$ a$ $1", "$ a$ $1"),
        ("${NO:-}}", "}"),
        ("${NO:-$}", "$"),
        ("${SET+$SET}", "v"),
    ],
)
def test_compose_replaces_variables(text: str, result: str) -> None:
    assert compose(text) == result


@pytest.mark.parametrize("text", ["${SET", "${}", "${NO:b}", "${1A}", "${A!b}", "${ A}", "${{vault.x.y:z}}"])
def test_compose_refuses_what_it_cannot_read(text: str) -> None:
    with pytest.raises(Invalid):
        compose(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("${NO:?need it}", "required variable NO is missing a value: need it"),
        ("${EMPTY:?need it}", "required variable EMPTY is missing a value: need it"),
        ("${NO?}", "required variable NO is missing a value"),
        ("x ${NO:?need $SET}", "required variable NO is missing a value: need v"),
    ],
)
def test_compose_wants_what_is_required(text: str, said: str) -> None:
    with pytest.raises(Required) as raised:
        compose(text)

    assert str(raised.value) == said


def test_compose_names_each_variable_that_is_not_set() -> None:
    missing: list[str] = []

    compose_substitute("$NO ${NEITHER} ${HERE:-x} ${SET:-$NOT_ASKED}", lookup=VALUES.get, warn=missing.append)

    assert missing == ["NO", "NEITHER"]


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("$SET ${SET} $$x", "v v $x"),
        ("$NO", ""),
        ("${NO:-d} ${NO-d} ${EMPTY:-d} ${EMPTY-d}", "d d d "),
        ("$NO-foo bar", "foo bar"),
        ("a${NO:-x${B}y}z", "ax${By}z"),
        ("${SET+x} ${SET}", "{SET+x} v"),
    ],
)
def test_a_stack_replaces_variables_in_its_own_way(text: str, result: str) -> None:
    assert stack(text) == result


def test_a_stack_forgets_a_missing_variable_when_another_follows() -> None:
    assert stack("${NO:?need it} ${SET}") == " v"
    with pytest.raises(Required, match="required variable NO is missing a value: need it"):
        stack("${SET} ${NO:?need it}")


def test_compose_says_where_a_variable_is_missing() -> None:
    document = {"services": {"backend": {"image": "${BACKEND_IMAGE:?set it}"}}}

    with pytest.raises(ComposeFileError) as raised:
        interpolate(document, compose, of_stack=False)

    assert str(raised.value) == (
        "error while interpolating services.backend.image:"
        " required variable BACKEND_IMAGE is missing a value: set it"
    )


def test_compose_shows_what_it_could_not_read() -> None:
    with pytest.raises(ComposeFileError) as raised:
        interpolate({"services": {"web": {"command": ["${A"]}}}, compose, of_stack=False)

    assert str(raised.value) == (
        "invalid interpolation format for services.web.command.[].\n"
        "You may need to escape any $ with another $.\n${A"
    )


def test_a_stack_words_both_alike() -> None:
    for value, shown in (("${NO:?need}", "required variable NO is missing a value: need"), ("${A", "${A")):
        with pytest.raises(ComposeFileError) as raised:
            interpolate({"services": {"web": {"image": value}}}, stack, of_stack=True)

        assert str(raised.value) == (
            f'invalid interpolation format for services.web.image: "{shown}"; you may need to escape any $'
            " with another $"
        )


def test_keys_and_numbers_are_left_alone() -> None:
    document = {"$SET": [1, True, None, "$SET"]}

    assert interpolate(document, compose, of_stack=False) == {"$SET": [1, True, None, "v"]}
