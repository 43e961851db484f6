import json
from pathlib import Path
from typing import Any

import pytest

from strata.plan.event import request, run_page

COMMIT = "0123456789abcdef0123456789abcdef01234567"


def event(place: Path, body: Any) -> dict[str, str]:
    file = place / "event.json"
    file.write_text(body if isinstance(body, str) else json.dumps(body))
    return {"GITHUB_EVENT_PATH": str(file), "GITHUB_SHA": "f" * 40}


def test_a_pull_requests_number_and_newest_commit_are_read(tmp_path: Path) -> None:
    about = request(event(tmp_path, {"pull_request": {"number": 7, "head": {"sha": COMMIT}}}))

    assert (about.number, about.commit) == (7, COMMIT)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "not JSON",
        "[]",
        {},
        {"pull_request": None},
        {"pull_request": []},
        {"pull_request": {}},
        {"pull_request": {"number": "7; id"}},
        {"pull_request": {"number": -7}},
        {"pull_request": {"number": True}},
    ],
)
def test_an_event_that_is_incomplete_is_about_no_pull_request(body: Any, tmp_path: Path) -> None:
    assert request(event(tmp_path, body)).number is None


def test_a_push_is_about_its_commit_and_a_commit_that_is_none_is_left_out(tmp_path: Path) -> None:
    assert request(event(tmp_path, {})).commit == "f" * 40
    assert request({"GITHUB_SHA": "$(id)"}).commit == ""
    assert request(event(tmp_path, {"pull_request": {"number": 7, "head": {"sha": "main"}}})).commit == ""
    assert request({}).commit == ""


@pytest.mark.parametrize(
    ("changes", "page"),
    [
        ({}, "https://github.test/team/app/actions/runs/7"),
        ({"GITHUB_RUN_ID": "7) [x](y"}, ""),
        ({"GITHUB_REPOSITORY": "team/app/../x"}, ""),
        ({"GITHUB_SERVER_URL": ""}, ""),
    ],
)
def test_the_runs_page_is_made_of_words_that_hold_no_markdown(changes: dict[str, str], page: str) -> None:
    run = {"GITHUB_SERVER_URL": "https://github.test/", "GITHUB_REPOSITORY": "team/app", "GITHUB_RUN_ID": "7"}

    assert run_page({**run, **changes}) == page
