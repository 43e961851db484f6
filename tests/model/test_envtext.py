from io import StringIO

import pytest
from dotenv import dotenv_values
from hypothesis import example, given
from hypothesis import strategies as st

from model.envtext import Reference, Value, read, references, render, without_references
from model.errors import EnvTextError
from model.services import ComposeType

COMPOSE, STACK = ComposeType.DOCKER_COMPOSE, ComposeType.STACK
SECRET = Reference(
    provider="finance-report-staging", path="finance_report/staging/postgres", key="POSTGRES_PASSWORD"
)
NAMES = st.from_regex(r"\A[A-Z][A-Z0-9_]{0,8}\Z").filter(
    lambda name: name not in {"APP_NAME", "DOCKER_CONFIG"}
)
# The characters on which readers of dotenv differ, thick; and the rest of Unicode.
TEXTS = st.one_of(st.text(alphabet="'\"`#\\$ =\n\tab{}é\u2028", max_size=8), st.text(max_size=12))


def refused(name: str, value: Value, compose_type: ComposeType = COMPOSE) -> str:
    with pytest.raises(EnvTextError) as caught:
        render({name: value}, compose_type=compose_type)
    return str(caught.value)


def test_v7_every_line_is_single_quoted_and_the_names_are_in_order() -> None:
    text = render({"B": "2", "A": "1"}, compose_type=COMPOSE)

    assert text == "A='1'\nB='2'"


def test_v7_a_reference_is_written_as_dokploy_reads_it() -> None:
    text = render({"POSTGRES_PASSWORD": SECRET}, compose_type=COMPOSE)

    assert text == (
        "POSTGRES_PASSWORD='${{vault.finance-report-staging.finance_report/staging/postgres:POSTGRES_PASSWORD}}'"
    )


def test_v7_an_address_is_composed_around_the_reference() -> None:
    text = render({"REDIS_URL": ("redis://:", SECRET, "@cache:6379/0")}, compose_type=COMPOSE)

    assert text == f"REDIS_URL='redis://:{SECRET}@cache:6379/0'"


@pytest.mark.parametrize(
    "value",
    [
        "#",
        "a # b",
        'say "it"',
        "it's",
        "back\\slash",
        "\\n",
        "a=b",
        " blank ",
        "$HOME ${X} $$",
        "naïve ☃",
        "a\nb=c",
        "`",
    ],
)
def test_v7_what_was_measured_to_arrive_is_sent(value: str) -> None:
    assert read(render({"X": value}, compose_type=COMPOSE)) == {"X": value}


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("it's # cut", "single quote together with '#' or a newline"),
        ("it's\u2028cut", "single quote together with '#' or a newline"),
        ("it's\ncut", "single quote together with '#' or a newline"),
        ("a\r\nb", "carriage return"),
        ("a\0b", "NUL"),
        ("${{project.X}}", "Dokploy's own syntax"),
        ("${{vault.a.b:c}}", "only the program refers to secrets"),
        ("ends in \\", "ends in a backslash"),
    ],
)
def test_v7_what_would_not_arrive_is_refused_with_the_name_and_without_the_value(
    value: str, told: str
) -> None:
    text = refused("GREETING", value)

    assert text.startswith("GREETING: ")
    assert told in text
    assert value not in text


@pytest.mark.parametrize("name", ["", "1X", "A-B", "A B", "A=B", "É"])
def test_v7_a_name_that_is_none_is_refused(name: str) -> None:
    assert "not a variable's name" in refused(name, "x")


@pytest.mark.parametrize("name", ["APP_NAME", "COMPOSE_PROJECT_NAME", "DOCKER_CONFIG"])
def test_v7_dokploys_own_variables_are_left_to_it(name: str) -> None:
    assert "Dokploy sets it itself" in refused(name, "x")


def test_v7_a_stack_gets_no_empty_variable_and_docker_compose_does() -> None:
    assert read(render({"X": ""}, compose_type=COMPOSE)) == {"X": ""}
    assert "a stack drops empty variables" in refused("X", "", STACK)


@pytest.mark.parametrize(
    ("provider", "path", "key"),
    [
        ("a b", "p", "k"),
        ("a", "p/", "k"),
        ("a", "/p", "k"),
        ("a", "p//q", "k"),
        ("a", "p:q", "k"),
        ("a", "p", "k:l"),
        ("a", "p", "k}"),
        ("a", "p q", "k"),
        ("a", "p", ""),
    ],
)
def test_v7_a_reference_that_dokploy_would_split_elsewhere_is_refused(
    provider: str, path: str, key: str
) -> None:
    with pytest.raises(EnvTextError, match="cannot be a reference"):
        Reference(provider=provider, path=path, key=key)


@given(values=st.dictionaries(NAMES, TEXTS, max_size=5))
@example({"A": "x\\", "B": "#y"})
@example({"A": "'", "B": "\n"})
@example({"A": "it's", "B": "#", "C": "'"})
def test_v7_what_is_rendered_reads_back_the_same_or_is_refused(values: dict[str, str]) -> None:
    try:
        text = render(values, compose_type=COMPOSE)
    except EnvTextError:
        return
    assert read(text) == values


@given(
    values=st.dictionaries(NAMES, TEXTS.filter(lambda text: "'" not in text and "\\" not in text), max_size=5)
)
def test_v7_another_reader_of_dotenv_agrees_where_they_mean_the_same(values: dict[str, str]) -> None:
    """python-dotenv; it takes `\\` in single quotes for an escape, which Dokploy's reader does not."""
    try:
        text = render(values, compose_type=COMPOSE)
    except EnvTextError:
        return
    assert dict(dotenv_values(stream=StringIO(text), interpolate=False)) == values


@given(value=TEXTS)
def test_v7_only_what_is_known_to_break_is_refused(value: str) -> None:
    breaks = (
        "\r" in value
        or "\0" in value
        or "${{" in value
        or ("'" in value and any(cut in value for cut in "#\n\u2028\u2029"))
        or value.endswith("\\")
    )
    try:
        render({"X": value}, compose_type=COMPOSE)
    except EnvTextError:
        assert breaks
    else:
        assert not breaks


def test_v7_a_reference_after_a_backslash_keeps_it_from_the_quote() -> None:
    text = render({"A": ("x\\", SECRET), "B": "#y"}, compose_type=COMPOSE)

    assert read(text) == {"A": f"x\\{SECRET}", "B": "#y"}


def test_v7_what_the_reader_makes_something_else_of_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("model.envtext.read", lambda _: {"A": "1", "B": "cut", "C": "injected"})

    with pytest.raises(EnvTextError, match="B, C: would not arrive as given"):
        render({"A": "1", "B": "2"}, compose_type=COMPOSE)


def test_a_server_s_text_is_read_with_quotes_comments_and_bare_values() -> None:
    text = "# c\nA=1 # one\nB=\"two\"\nC=`three`\nD='four' # 4\nE=\n"

    assert read(text) == {"A": "1", "B": "two", "C": "three", "D": "four", "E": ""}


def test_references_are_found_in_their_order() -> None:
    other = Reference(provider="p", path="a/b", key="K")

    assert list(references(f"x{SECRET}y{other}")) == [SECRET, other]


def test_literals_remain_when_references_are_replaced() -> None:
    assert without_references(f"redis://:{SECRET}@h", stand_in="*") == "redis://:*@h"
