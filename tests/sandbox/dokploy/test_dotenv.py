"""V7: env texts by the rules of node's dotenv; the table was measured on the real server on 2026-11-23."""

import pytest

from sandbox.dokploy.dotenv import EnvTextInvalid, parse, plain_file, quoted_file, resolve

BACKTICK = "`"

_EXACT_EVERYWHERE = ["a$b", "a$$b", "${HOME}", "a=b", "100%", "me@x", "ünï☃", "a`b", "it's", 'say "x" now']


@pytest.mark.parametrize("value", _EXACT_EVERYWHERE)
@pytest.mark.parametrize("quote", ["", "'", '"', BACKTICK])
def test_what_survives_every_form(value: str, quote: str) -> None:
    assert parse(f"A={quote}{value}{quote}\nB=ok") == {"A": value, "B": "ok"}


@pytest.mark.parametrize(
    ("value", "bare", "single", "double", "backtick"),
    [
        ("a#b", "a", "a#b", "a#b", "a#b"),
        ("a # b", "a", "a # b", "a # b", "a # b"),
        ("  a  ", "a", "  a  ", "  a  ", "  a  "),
        (r"a\nb", r"a\nb", r"a\nb", "a\nb", r"a\nb"),
        ("a\nk=v", "a", "a\nk=v", "a\nk=v", "a\nk=v"),
        ("'\"#", "'\"", "''\"", "'", "'\"#"),
    ],
)
def test_what_survives_some_forms(value: str, bare: str, single: str, double: str, backtick: str) -> None:
    """The last row is cut in each form whose quote it holds: a quote together with `#`."""
    seen = [parse(f"A={quote}{value}{quote}\nB=ok")["A"] for quote in ("", "'", '"', BACKTICK)]

    assert seen == [bare, single, double, backtick]


def test_a_bare_newline_injects_a_variable() -> None:
    assert parse("A=x\nINJECTED=yes\nB=ok")["INJECTED"] == "yes"


@pytest.mark.parametrize("quote", ["", "'", '"', BACKTICK])
def test_crlf_becomes_lf_in_every_form(quote: str) -> None:
    assert parse(f"A={quote}x{quote}\r\nB=y\r\n") == {"A": "x", "B": "y"}


def test_comments_vanish_and_export_is_stripped_and_the_later_duplicate_wins() -> None:
    text = "# A=1\nexport B=2 # two\nno assignment\nC=\nC=3\nD: 4\n"

    assert parse(text) == {"B": "2", "C": "3", "D": "4"}


def test_a_backslash_before_a_quote_stays_inside_double_quotes() -> None:
    assert parse(r'A="x\"y"') == {"A": r"x\"y"}


def test_references_reach_project_environment_and_the_service_itself() -> None:
    text = "A=${{project.P}}-${{environment.E}}\nB=<${{A2}}>\nA2=x"

    assert resolve(text, project="P=1", environment="E='2 3'") == {"A": "1-2 3", "B": "<x>", "A2": "x"}


def test_a_project_variable_that_is_not_referred_to_does_not_arrive() -> None:
    assert resolve("A=1", project="P=1", environment="E=2") == {"A": "1"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("A=${{project.NOPE}}", "Invalid project environment variable: project.NOPE"),
        ("A=${{environment.NOPE}}", "Invalid environment variable: environment.NOPE"),
        ("A=${{NOPE}}", "Invalid service environment variable: NOPE"),
        ("A=${{ vault.x.y:z }}", "Invalid service environment variable:  vault.x.y:z "),
        ("A=${{vault.x.y:a}b}}", "Unresolved vault reference"),
    ],
)
def test_every_other_reference_fails(text: str, message: str) -> None:
    with pytest.raises(EnvTextInvalid, match=message.replace("$", r"\$")):
        resolve(text, project="", environment="")


def test_the_file_of_a_compose_project_is_double_quoted_and_escaped() -> None:
    assert quoted_file({"A": 'x"y\\z$w', "B": "l1\nl2"}) == 'A="x\\"y\\\\z\\$w"\nB="l1\nl2"'


def test_the_file_of_a_stack_is_plain() -> None:
    assert plain_file({"A": "x y", "B": ""}) == "A=x y\nB="
