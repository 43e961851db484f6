"""The sandbox's commands are called `strata sandbox …`, and say so."""

import sys
from pathlib import Path

import pytest

from sandbox import __main__ as commands
from sandbox.folder import CHECKOUT


def said(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *words: str) -> str:
    monkeypatch.setattr(sys, "argv", ["sandbox", *words])
    with pytest.raises(SystemExit):
        commands.main()
    shown = capsys.readouterr()
    return shown.out + shown.err


@pytest.mark.parametrize("words", [("up", "--help"), ("down", "--eras"), ("exec",)])
def test_o3_usage_and_errors_name_the_command_that_people_have(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert f"strata sandbox {words[0]}" in said(capsys, monkeypatch, *words)


def test_o3_an_error_names_the_command_that_people_have(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "version").write_text("0\n")

    assert "`strata sandbox down --erase`" in said(capsys, monkeypatch, "up", "--dir", str(tmp_path))


def test_no_module_tells_people_to_run_python() -> None:
    telling = [
        path.name
        for path in (CHECKOUT / "sandbox").rglob("*.py")
        if "`python -m sandbox " in path.read_text()
    ]

    assert telling == []
