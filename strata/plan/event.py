"""The pull request that a job is about, from the file with which GitHub starts it."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_COMMIT = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is used of it; titles, branches and people are not.

    Attributes:
        number: of the pull request, `None` if the job is about none.
        commit: its newest, or the job's; empty if neither is one.
    """

    number: int | None
    commit: str


def request(env: Mapping[str, str]) -> Request:
    """The pull request of this job; an event that is incomplete or unreadable is about none."""
    pull = _payload(env).get("pull_request")
    body: Mapping[str, Any] = pull if isinstance(pull, dict) else {}
    number = body.get("number")
    head = body.get("head")
    commit = head.get("sha") if isinstance(head, dict) else env.get("GITHUB_SHA", "")
    return Request(
        number=number if isinstance(number, int) and not isinstance(number, bool) and number > 0 else None,
        commit=commit if isinstance(commit, str) and _COMMIT.fullmatch(commit) else "",
    )


def run_page(env: Mapping[str, str]) -> str:
    """Address of this run's page, empty outside a run."""
    parts = [env.get(name, "") for name in ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID")]
    server, repository, run = parts
    if not all(parts) or not run.isdigit() or not re.fullmatch(r"[\w.-]+/[\w.-]+", repository):
        return ""
    return f"{server.rstrip('/')}/{repository}/actions/runs/{run}"


def _payload(env: Mapping[str, str]) -> Mapping[str, Any]:
    place = env.get("GITHUB_EVENT_PATH", "")
    if not place or not Path(place).is_file():
        return {}
    try:
        found = json.loads(Path(place).read_text(encoding="utf-8"))
    except (ValueError, OSError):
        return {}
    return found if isinstance(found, dict) else {}
