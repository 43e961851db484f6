"""`strata lock` as a person or a job types it."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import Result

from strata.lock.commands import patiently
from strata.lock.errors import Held
from strata.outcome import Exit
from tests.strata.conftest import Here

Strata = Callable[..., Result]


@pytest.fixture
def state(here: Here, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "state"
    folder.mkdir()
    monkeypatch.setenv("PULUMI_BACKEND_URL", f"file://{folder}")
    return folder


@pytest.fixture
def another_terminal(state: Path) -> Iterator[Callable[..., "subprocess.CompletedProcess[str]"]]:
    """Run a command in sessions of their own, which stay open."""
    open_ones: list[subprocess.Popen[str]] = []

    def run(*words: str) -> "subprocess.CompletedProcess[str]":
        script = '"$@" 2>&1; echo "code $?"; echo end; read wait'
        shell = subprocess.Popen(
            ["/bin/sh", "-c", script, "sh", sys.executable, "-m", "strata.cli", *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        open_ones.append(shell)
        assert shell.stdout is not None
        said = "".join(iter(shell.stdout.readline, "end\n"))
        return subprocess.CompletedProcess(words, int(said.rpartition("code ")[2]), said)

    yield run
    for shell in open_ones:
        shell.communicate("\n", timeout=60)


def test_w6_a_terminal_takes_a_stack_and_gives_it_back(strata: Strata, state: Path) -> None:
    taken = strata("lock", "take", "staging")
    again = strata("lock", "take", "staging")
    released = strata("lock", "release", "staging")

    assert (taken.exit_code, again.exit_code, released.exit_code) == (Exit.OK,) * 3
    assert "staging is ours: " in taken.stderr
    assert "it is our own" in again.stderr
    assert released.stderr == "staging is free.\n"
    assert [file for file in state.rglob("*") if file.is_file()] == []


def test_w6_an_open_terminal_keeps_a_stack_until_it_gives_it_back(
    strata: Strata, another_terminal: Callable[..., "subprocess.CompletedProcess[str]"]
) -> None:
    assert another_terminal("lock", "take", "staging").returncode == Exit.OK

    refused = strata("lock", "take", "staging")
    left_alone = strata("lock", "release", "staging")

    assert refused.exit_code == Exit.FAILED
    assert "that process still runs. Next: wait until it has ended" in refused.stderr
    assert left_alone.exit_code == Exit.OK
    assert "staging was not ours: nothing was removed." in left_alone.stderr
    assert "staging is held by" in left_alone.stderr
    marker = left_alone.stderr.rpartition("marker ")[2].rstrip(".\n")
    assert strata("lock", "release", "staging", "--of", marker).stderr == "staging is free.\n"
    assert strata("lock", "take", "staging").exit_code == Exit.OK


def test_a_marker_that_is_not_there_is_said(strata: Strata, state: Path) -> None:
    assert (
        "there is no marker 0123456789ab"
        in strata("lock", "release", "staging", "--of", "0123456789ab").stderr
    )


def test_a_stack_that_is_none_is_wrong_usage(strata: Strata, state: Path) -> None:
    for name in ("stagin", "../staging", "pr-0", ""):
        assert strata("lock", "take", name).exit_code == Exit.USAGE
    assert list(state.iterdir()) == []


def test_pulumi_cloud_is_told_to_need_none(
    strata: Strata, here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULUMI_BACKEND_URL", "https://api.pulumi.com")

    for words in (("take", "staging"), ("release", "staging")):
        result = strata("lock", *words)
        assert result.exit_code == Exit.OK
        assert "Pulumi Cloud leases a stack" in result.stderr


def test_without_a_folder_of_state_the_variable_is_named(
    strata: Strata, here: Here, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("PULUMI_BACKEND_URL", f"file://{tmp_path}/file")

    result = strata("lock", "take", "staging")

    assert result.exit_code == Exit.FAILED
    assert "PULUMI_BACKEND_URL" in result.stderr


def test_waiting_asks_again_until_it_is_not_refused() -> None:
    answers: list[Exception | str] = [Held("held", next_step="wait"), Held("held", next_step="wait"), "taken"]
    slept: list[float] = []

    def ask() -> str:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    assert patiently(ask, Held, seconds=60, clock=lambda: sum(slept), sleep=slept.append) == "taken"
    assert len(slept) == 2


def test_waiting_ends_with_the_refusal() -> None:
    slept: list[float] = []

    def ask() -> str:
        raise Held("held", next_step="wait")

    with pytest.raises(Held):
        patiently(ask, Held, seconds=60, clock=lambda: sum(slept), sleep=slept.append)
    assert sum(slept) == 60
