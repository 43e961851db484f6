from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from strata.drift.look import Drift
from strata.github import Client, issues
from strata.outcome import Exit
from tests.strata.conftest import Here

MOVED = Drift(stack="staging", moved=("a (Compose) is gone",))


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch, here: Here) -> list[str]:
    """What became of the issue."""
    said: list[str] = []

    def put(_: Client, *, marker: str, title: str, body: str) -> int:
        said.append(f"{marker}: {title}")
        return 7

    def close(_: Client, *, marker: str) -> list[int]:
        said.append(f"{marker}: closed")
        return [7]

    monkeypatch.setattr(issues, "put", put)
    monkeypatch.setattr(issues, "close", close)
    for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GITHUB_TOKEN", "x")
    monkeypatch.setenv("GITHUB_REPOSITORY", "zitian-party/finance_report")
    return said


def found(monkeypatch: pytest.MonkeyPatch, drift: Drift) -> None:
    monkeypatch.setattr("strata.drift.look.look", lambda *_, **__: drift)


def test_a_person_is_told_and_no_issue_is_made(
    kept: list[str], strata: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    found(monkeypatch, MOVED)

    ended = strata("drift", "staging")

    assert (ended.exit_code, ended.stdout) == (Exit.NOT_AS_IT_SHOULD_BE, "drifted   a (Compose) is gone\n")
    assert kept == []


def test_a_workflow_keeps_the_issue_and_the_runs_summary(
    kept: list[str], strata: Callable[..., Result], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    found(monkeypatch, MOVED)
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary"))

    assert strata("drift", "staging").exit_code == Exit.NOT_AS_IT_SHOULD_BE

    assert kept == ["drift-staging: staging has drifted"]
    assert "## staging has drifted" in (tmp_path / "summary").read_text()


def test_a_clean_look_closes_the_issue(
    kept: list[str], strata: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    found(monkeypatch, Drift(stack="staging"))

    ended = strata("drift", "staging", "--issue")

    assert ended.exit_code == Exit.OK
    assert kept == ["drift-staging: closed"]
    assert "Closed issue 7." in ended.stderr


def test_g4_not_having_looked_is_another_exit_code_and_another_title(
    kept: list[str], strata: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    found(monkeypatch, Drift(stack="staging", unseen=("state: Dokploy is away",)))

    ended = strata("drift", "staging", "--issue")

    assert (ended.exit_code, ended.stdout) == (Exit.FAILED, "not seen  state: Dokploy is away\n")
    assert kept == ["drift-staging: staging could not be looked at"]


def test_a_preview_has_no_scheduled_look(kept: list[str], strata: Callable[..., Result]) -> None:
    ended = strata("drift", "pr-12")

    assert ended.exit_code == Exit.USAGE
    assert "staging and production are" in ended.stderr
