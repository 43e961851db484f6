import sys

import pytest

from strata import show


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both streams are a terminal of 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")
    for stream in (sys.stdout, sys.stderr):
        monkeypatch.setattr(stream, "isatty", lambda: True)


def test_o2_a_table_is_plain_and_aligned_when_nobody_looks(capsys: pytest.CaptureFixture[str]) -> None:
    show.table(("A", "B"), [("long cell", "x"), ("y", "")])

    assert capsys.readouterr().out == "A          B\nlong cell  x\ny\n"


def test_o2_a_table_on_a_terminal_shows_brackets_as_they_are(
    capsys: pytest.CaptureFixture[str], terminal: None
) -> None:
    show.table(("STACK", "DRIFT"), [("staging", "env[0] [bold]differs")])

    assert "env[0] [bold]differs" in capsys.readouterr().out


def test_o2_what_is_waited_for_is_said_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    with show.progress("asking"):
        said = capsys.readouterr()

    assert (said.out, said.err) == ("", "asking …\n")


def test_o2_on_a_terminal_a_spinner_goes_away_again(
    capsys: pytest.CaptureFixture[str], terminal: None
) -> None:
    with show.progress("asking"):
        pass

    assert capsys.readouterr().out == ""
