"""W3: the aggregate check knows failure, cancelling and skips apart; nothing at all is not success."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

REPOSITORY = "zitian-party/finance_report"
JOBS = ("check", "test", "plan")
GOOD = dict.fromkeys(JOBS, "success")
OWN = {"pull_request": {"head": {"repo": {"full_name": REPOSITORY}}}}
FORK = {"pull_request": {"head": {"repo": {"full_name": "somebody/finance_report"}}}}
GONE = {"pull_request": {"head": {"repo": None}}}
Judge = Callable[..., Result]


@pytest.fixture
def judge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, strata: Callable[..., Result]) -> Judge:
    """Judge results in a run of an event."""

    def run(needs: Any, *, event: Mapping[str, Any] = OWN, name: str = "pull_request") -> Result:
        path = tmp_path / "event.json"
        path.write_text(json.dumps(event))
        monkeypatch.setenv("GITHUB_EVENT_NAME", name)
        monkeypatch.setenv("GITHUB_EVENT_PATH", str(path))
        monkeypatch.setenv("GITHUB_REPOSITORY", REPOSITORY)
        monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary"))
        monkeypatch.setenv("NEEDS", needs if isinstance(needs, str) else json.dumps(_results(needs)))
        return strata("ci", "result")

    return run


def _results(needs: Mapping[str, str]) -> dict[str, Any]:
    return {job: {"result": result, "outputs": {"go": "true"}} for job, result in needs.items()}


def test_w3_all_good_is_good_and_the_summary_says_it_job_by_job(judge: Judge, tmp_path: Path) -> None:
    done = judge(GOOD)

    assert done.exit_code == 0, done.output
    assert (tmp_path / "summary").read_text().splitlines()[2:] == [
        f"| {job} | good | success |" for job in JOBS
    ]


@pytest.mark.parametrize("job", JOBS)
@pytest.mark.parametrize("result", ["failure", "cancelled", "skipped", "", "neutral", "SUCCESS"])
def test_w3_one_bad_result_is_red_and_named(judge: Judge, job: str, result: str, tmp_path: Path) -> None:
    done = judge({**GOOD, job: result})

    assert done.exit_code == 1
    assert f"1 of 3 jobs are not as they should be: {job}. Next:" in done.stderr
    assert f"| {job} | BAD |" in (tmp_path / "summary").read_text()


@pytest.mark.parametrize("event", [FORK, GONE])
def test_w3_a_fork_s_plan_may_be_skipped(judge: Judge, event: Mapping[str, Any]) -> None:
    done = judge({**GOOD, "plan": "skipped"}, event=event)

    assert done.exit_code == 0
    assert "skipped: no credentials for a fork" in done.stdout


def test_w3_a_plan_may_be_skipped_on_a_push_to_main(judge: Judge) -> None:
    done = judge({**GOOD, "plan": "skipped"}, event={"ref": "refs/heads/main"}, name="push")

    assert done.exit_code == 0
    assert "skipped: not on push" in done.stdout


@pytest.mark.parametrize(("event", "name"), [(FORK, "pull_request"), ({}, "push")])
@pytest.mark.parametrize("result", ["failure", "cancelled"])
def test_w3_a_plan_that_may_be_skipped_may_not_fail(
    judge: Judge, event: Mapping[str, Any], name: str, result: str
) -> None:
    assert judge({**GOOD, "plan": result}, event=event, name=name).exit_code == 1


@pytest.mark.parametrize("event", [FORK, {}])
def test_w3_nothing_else_may_be_skipped_for_a_fork(judge: Judge, event: Mapping[str, Any]) -> None:
    assert judge({**GOOD, "test": "skipped"}, event=event).exit_code == 1


@pytest.mark.parametrize(
    "needs", ["{}", "", "[]", "null", "not JSON", '{"check": "success"}', '{"check": {}}']
)
def test_w3_no_results_are_no_success(judge: Judge, needs: str) -> None:
    done = judge(needs)

    assert done.exit_code == 3
    assert "Next:" in done.stderr


@pytest.mark.parametrize("left_out", ["GITHUB_EVENT_NAME", "GITHUB_EVENT_PATH", "GITHUB_REPOSITORY"])
def test_w3_outside_of_a_run_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, strata: Callable[..., Result], left_out: str
) -> None:
    (tmp_path / "event.json").write_text("{}")
    names = {
        "GITHUB_EVENT_NAME": "push",
        "GITHUB_EVENT_PATH": str(tmp_path / "event.json"),
        "GITHUB_REPOSITORY": REPOSITORY,
    }
    for name, value in names.items():
        if name != left_out:
            monkeypatch.setenv(name, value)

    done = strata("ci", "result")

    assert done.exit_code == 3
    assert f"{left_out} not set. Next: run it in a workflow's job." in done.stderr


@pytest.mark.parametrize("text", ["", "{", "[1]", "null"])
def test_w3_an_event_that_says_nothing_is_no_reason_to_skip_on_a_pull_request_of_ours(
    judge: Judge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, strata: Callable[..., Result], text: str
) -> None:
    judge(GOOD)
    (tmp_path / "event.json").write_text(text)
    monkeypatch.setenv("NEEDS", json.dumps(_results({**GOOD, "test": "skipped"})))

    assert strata("ci", "result").exit_code != 0
