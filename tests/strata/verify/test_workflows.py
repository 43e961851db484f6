import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from strata.github import Client
from strata.github.errors import NotConfigured
from strata.verify.finding import Finding, State
from strata.verify.workflows import triggers, verify_workflows
from tests.model.plans import ROOT

GOOD = """\
name: One
on:
  push:
    branches: [main]
permissions: {}
jobs:
  build:
    runs-on: ubuntu-24.04
    steps:
      - run: echo hello
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / ".github" / "workflows"
    place.mkdir(parents=True)
    (place / "one.yml").write_text(GOOD)
    return place


def nobody() -> Client:
    raise NotConfigured("GITHUB_TOKEN not set", next_step="export it")


def github(answer: httpx.Response) -> Callable[[], Client]:
    def connect() -> Client:
        return Client(
            api="http://github.test",
            token="t",
            repository="team/app",
            transport=httpx.MockTransport(lambda _: answer),
            sleep=lambda _: None,
        )

    return connect


def by_subject(findings: list[Finding]) -> dict[str, Finding]:
    return {one.subject: one for one in findings}


def test_the_repositorys_own_workflows_are_there_and_without_objection() -> None:
    found = verify_workflows(ROOT, github=nobody)

    files = {file.name for file in (ROOT / ".github" / "workflows").glob("*.yml")}
    assert {one.subject for one in found} == files | {"actionlint", "check-jsonschema", "GitHub's list"}
    assert {one.state for one in found} == {State.FINE, State.ABSENT}
    assert by_subject(found)["GitHub's list"].detail == "not asked: no GITHUB_TOKEN"


def test_a_workflow_is_told_with_triggers_and_jobs(folder: Path) -> None:
    found = by_subject(verify_workflows(folder.parents[1], github=nobody))

    assert found["one.yml"].detail == "push; jobs: build"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("jobs: [", "it is not YAML (ParserError)"),
        ("- a list", "it has no jobs"),
        ("", "it has no jobs"),
        ("on: push\njobs: {}", "it has no jobs"),
    ],
)
def test_a_file_that_is_no_workflow_is_wrong(text: str, why: str, folder: Path) -> None:
    (folder / "two.yml").write_text(text)

    found = by_subject(verify_workflows(folder.parents[1], github=nobody))

    assert (found["two.yml"].state, found["two.yml"].detail) == (State.WRONG, why)
    assert found["one.yml"].state is State.FINE


def test_what_the_linters_object_to_is_shown(folder: Path) -> None:
    (folder / "one.yml").write_text(GOOD.replace("runs-on: ubuntu-24.04", "runs-ons: x"))

    found = by_subject(verify_workflows(folder.parents[1], github=nobody))

    assert {found[name].state for name in ("actionlint", "check-jsonschema")} == {State.WRONG}
    assert "runs-on" in found["actionlint"].detail


def test_a_checkout_without_workflows_is_wrong(tmp_path: Path) -> None:
    (found,) = verify_workflows(tmp_path, github=nobody)

    assert (found.state, found.detail) == (State.WRONG, "there is no workflow")


def test_without_linters_the_files_are_read_all_the_same(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("strata.verify.workflows.sys.executable", str(tmp_path / "python"))
    monkeypatch.setattr(shutil, "which", lambda _: None)

    found = by_subject(verify_workflows(folder.parents[1], github=nobody))

    assert found["one.yml"].state is State.FINE
    assert found["actionlint"].detail == "not installed"


def listed(*rows: tuple[str, str]) -> httpx.Response:
    workflows: list[dict[str, Any]] = [
        {"id": number, "path": f".github/workflows/{name}", "state": state}
        for number, (name, state) in enumerate(rows)
    ]
    return httpx.Response(200, json={"total_count": len(rows), "workflows": workflows})


@pytest.mark.parametrize(
    ("answer", "state", "detail"),
    [
        (listed(("one.yml", "active")), State.FINE, "1 of 1 active"),
        (listed(), State.FINE, "0 of 1 active; known after the first push to the default branch: one.yml"),
        (listed(("one.yml", "disabled_manually")), State.WRONG, "switched off: one.yml"),
        (listed(("one.yml", "disabled_inactivity")), State.WRONG, "switched off: one.yml"),
        (httpx.Response(404, json={"message": "Not Found"}), State.ABSENT, "GitHub shows none"),
        (
            httpx.Response(403, json={"message": "no"}),
            State.UNKNOWN,
            "GitHub answered 403 to GET /repos/team/app/actions/workflows: no",
        ),
    ],
)
def test_githubs_own_list_is_compared(
    answer: httpx.Response, state: State, detail: str, folder: Path
) -> None:
    found = by_subject(verify_workflows(folder.parents[1], github=github(answer)))["GitHub's list"]

    assert (found.state, found.detail) == (state, detail)


@pytest.mark.parametrize(
    ("content", "names"),
    [
        ({"on": "push"}, ["push"]),
        ({True: ["push", "pull_request"]}, ["push", "pull_request"]),
        ({True: {"schedule": []}}, ["schedule"]),
        ({}, []),
    ],
)
def test_triggers_are_read_in_each_of_their_forms(content: dict[Any, Any], names: list[str]) -> None:
    assert triggers(content) == names
