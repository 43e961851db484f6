"""Expected values are what Docker Compose 5.6.1 `config` shows for the same file (2026-11-23)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.engine.dotenv import parse
from sandbox.engine.errors import ComposeFileError

AROUND = {"HOME": "/root"}


def read(text: str) -> dict[str, str]:
    return parse(text, lookup=AROUND.get, warn=lambda _: None)


def as_dokploy_writes(name: str, value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$")
    return f'{name}="{escaped}"\n'


@pytest.mark.parametrize(
    ("line", "value"),
    [
        (r'''X="a\$b \"q\" \\ 'x' # no \n nl"''', "a$b \"q\" \\ 'x' # no \n nl"),
        ('X="line1\nline2"', "line1\nline2"),
        ("X=plain # comment", "plain"),
        (r"X='single $x \n'", r"single $x \n"),
        ("X=a#b", "a#b"),
        ("X=#b", "#b"),
        ('export X = "x"', "x"),
        ("X: yaml", "yaml"),
        ('X="${HOME}-$HOME"', "/root-/root"),
        (r"X=\$esc end", "\\ end"),
        ("X=`back`", "`back`"),
        ("X=", ""),
        ("X=a\r\n", "a"),
        ("X=first\nX=second", "second"),
        ("A=1\nX=$A", "1"),
        ("HOME=mine\nX=$HOME", "/root"),
    ],
)
def test_a_value_is_read_as_compose_reads_it(line: str, value: str) -> None:
    assert read(line)["X"] == value


def test_a_name_alone_takes_the_environments_value_or_is_left_out() -> None:
    assert read("HOME\nNOBODY\n# comment\n\nX=1") == {"HOME": "/root", "X": "1"}


def test_an_unset_variable_is_blank_and_named() -> None:
    missing: list[str] = []

    assert parse("X=a$NOBODY", lookup=AROUND.get, warn=missing.append) == {"X": "a"}
    assert missing == ["NOBODY"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("A=1\nX='open", "line 2: unterminated quoted value 'open"),
        ('X="open\\"', 'line 1: unterminated quoted value "open\\"'),
        ("A=1\n!x=1", 'line 2: unexpected character "!" in variable name "!x=1"'),
    ],
)
def test_a_broken_line_is_named_with_its_number(text: str, said: str) -> None:
    with pytest.raises(ComposeFileError) as raised:
        read(text)

    assert str(raised.value) == said


@given(st.dictionaries(st.from_regex(r"[A-Z_][A-Z0-9_]{0,8}", fullmatch=True), st.text(), max_size=4))
def test_v7_whatever_dokploy_writes_comes_out_as_it_went_in(values: dict[str, str]) -> None:
    values = {k: v.replace("\r\n", "\n").replace("\x00", "") for k, v in values.items()}

    assert read("".join(as_dokploy_writes(k, v) for k, v in values.items())) == values
