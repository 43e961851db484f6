from pathlib import Path

import pytest

from strata.actions import Runner
from strata.errors import UsageError


def test_v1_each_line_of_a_value_is_masked_and_a_percent_sign_stays_one(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Runner(env={"GITHUB_ACTIONS": "true"}).mask("first%0A::set-output\n\n second \r\nthird")

    assert capsys.readouterr().out.splitlines() == [
        "::add-mask::first%250A::set-output",
        "::add-mask::second",
        "::add-mask::third",
    ]


def test_v1_on_a_terminal_nothing_is_printed_to_mask_it(capsys: pytest.CaptureFixture[str]) -> None:
    Runner(env={}).mask("secret")

    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("value", ["EOF\nPATH=/tmp", "a<<b\nb", "strata_0\nX=1", ""])
def test_no_value_ends_its_own_block(tmp_path: Path, value: str) -> None:
    file = tmp_path / "env"

    Runner(env={"GITHUB_ENV": str(file)}).variable("NAME", value)

    first, *_, last = file.read_text(encoding="utf-8").rstrip("\n").split("\n")
    assert first == f"NAME<<{last}"
    assert file.read_text(encoding="utf-8").count(last) == 2


def test_v1_a_variable_without_a_runner_is_refused_and_not_printed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(UsageError, match="there is no GITHUB_ENV") as raised:
        Runner(env={}).variable("TOKEN", "secret")

    assert "secret" not in str(raised.value) + capsys.readouterr().out


def test_outputs_and_the_summary_of_a_terminal_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    runner = Runner(env={})
    runner.output("go", "true")
    runner.summary("# Title\n")

    assert capsys.readouterr().out == "go=true\n# Title\n"


def test_two_summaries_follow_one_another(tmp_path: Path) -> None:
    file = tmp_path / "summary"
    runner = Runner(env={"GITHUB_STEP_SUMMARY": str(file)})
    runner.summary("one")
    runner.summary("two\n\n")

    assert file.read_text(encoding="utf-8") == "one\ntwo\n"
