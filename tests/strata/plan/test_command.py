"""`strata plan` with a stand-in for the engine; `tests/e2e/test_plan.py` runs the real one."""

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import Result

from strata.github import Client
from strata.outcome import Exit
from tests.strata.conftest import Here

Strata = Callable[..., Result]
CANARY = "canary-passphrase-8c1f"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
UPDATE = json.dumps(
    {
        "resourcePreEvent": {
            "metadata": {
                "op": "update",
                "urn": "urn:pulumi:staging::app::t::staging-app",
                "type": "t:t:Compose",
                "old": {"inputs": {"env": "1"}},
                "new": {"inputs": {"env": "2"}},
            }
        }
    }
)
BROKEN = json.dumps({"diagnosticEvent": {"severity": "error", "message": f"no way with {CANARY} in it"}})

# Keeps its arguments and variables; answers from <stack>.events, <stack>.out and <stack>.code.
PULUMI = """#!/bin/sh
here=$(dirname "$0")
env > "$here/$3.env"; echo "$@" > "$here/$3.words"
for last; do :; done
cat "$here/$3.events" > "$last" 2>/dev/null
cat "$here/$3.out" 2>/dev/null
cat "$here/$3.err" >&2 2>/dev/null
exit $(cat "$here/$3.code" 2>/dev/null || echo 0)
"""


class Engine:
    """What the stand-in says of each stack."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def says(self, stack: str, *, events: str = "", out: str = "", err: str = "", code: int = 0) -> None:
        for suffix, text in (("events", events), ("out", out), ("err", err), ("code", str(code))):
            (self.folder / f"{stack}.{suffix}").write_text(text)

    def environment(self, stack: str) -> dict[str, str]:
        lines = (self.folder / f"{stack}.env").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines if "=" in line)


@pytest.fixture
def engine(here: Here, monkeypatch: pytest.MonkeyPatch) -> Engine:
    script = here.bin / "pulumi"
    script.write_text(PULUMI)
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", CANARY)
    made = Engine(here.bin)
    made.says("staging", events=UPDATE, out=f"  ~ env: 1 => 2 {CANARY}\n")
    made.says("production")
    return made


class Github:
    """Comments of one pull request."""

    def __init__(self) -> None:
        self.bodies: dict[int, str] = {}
        self.refuses = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if self.refuses:
            return httpx.Response(self.refuses, json={"message": "no"})
        number = request.url.path.rpartition("/")[2]
        if request.method == "POST":
            self.bodies[len(self.bodies) + 1] = json.loads(request.content)["body"]
            return httpx.Response(201, json={"id": len(self.bodies)})
        if request.method == "PATCH":
            self.bodies[int(number)] = json.loads(request.content)["body"]
            return httpx.Response(200, json={"id": int(number)})
        rows = [
            {"id": id_, "body": body, "user": {"type": "Bot"}, "issue_url": "https://x/issues/7"}
            for id_, body in self.bodies.items()
        ]
        return httpx.Response(200, json=rows)


@pytest.fixture
def github(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Github:
    """A job about pull request 7."""
    fake = Github()
    from_env = Client.from_env

    def connected(env: Any, **options: Any) -> Client:
        return from_env(env, **options, transport=httpx.MockTransport(fake), sleep=lambda _: None)

    monkeypatch.setattr(Client, "from_env", connected)
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"pull_request": {"number": 7, "head": {"sha": COMMIT}}}))
    for name, value in {
        "GITHUB_ACTIONS": "true",
        "GITHUB_EVENT_PATH": str(event),
        "GITHUB_REPOSITORY": "team/app",
        "GITHUB_RUN_ID": "9",
        "GITHUB_SERVER_URL": "https://github.test",
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
        "GITHUB_TOKEN": "token-of-the-job-51c7",
    }.items():
        monkeypatch.setenv(name, value)
    return fake


def test_on_a_terminal_it_is_printed_and_nobody_is_told(strata: Strata, engine: Engine) -> None:
    result = strata("plan")

    assert result.exit_code == Exit.OK
    assert result.stdout.splitlines() == [
        "staging: 1 updated, 0 unchanged",
        "  updated staging-app (Compose): env",
        "  ~ env: 1 => 2 ***",
        "production: no changes, 0 unchanged",
    ]


def test_in_a_review_it_is_one_comment_that_is_edited_and_the_summary(
    strata: Strata, engine: Engine, github: Github, tmp_path: Path
) -> None:
    assert strata("plan", "--stack", "staging").exit_code == Exit.OK
    engine.says("staging")
    assert strata("plan", "--stack", "staging").exit_code == Exit.OK

    assert list(github.bodies) == [1]
    assert github.bodies[1].startswith("<!-- strata:plan -->\n### What this changes at 0123456789ab\n")
    assert "no changes, 0 unchanged" in github.bodies[1]
    assert "1 updated" in (tmp_path / "summary.md").read_text()


def test_a_preview_that_fails_is_told_beside_the_other_and_ends_with_1(
    strata: Strata, engine: Engine, github: Github
) -> None:
    engine.says("production", events=BROKEN, code=255)

    result = strata("plan")

    assert result.exit_code == Exit.NOT_AS_IT_SHOULD_BE
    assert "#### `staging`: 1 updated" in github.bodies[1]
    assert "#### `production`: the preview failed\n\n```\nno way with *** in it\n```" in github.bodies[1]


def test_a_failure_before_the_first_event_is_told_in_the_words_of_standard_error(
    strata: Strata, engine: Engine
) -> None:
    engine.says("staging", err="error: could not open the bucket\n", code=1)

    result = strata("plan", "--stack", "staging")

    assert result.exit_code == Exit.NOT_AS_IT_SHOULD_BE
    assert "could not open the bucket" in result.stdout


@pytest.mark.parametrize(
    ("err", "code"),
    [("error: no stack named 'production' found", 6), ("error: production runs nothing yet, so there is", 1)],
)
def test_a_stack_before_its_first_release_stops_no_review(
    strata: Strata, engine: Engine, err: str, code: int
) -> None:
    engine.says("production", err=err, code=code)

    result = strata("plan")

    assert result.exit_code == Exit.OK
    assert "production: runs nothing yet" in result.stdout


def test_v1_what_this_process_holds_is_nowhere(
    strata: Strata, engine: Engine, github: Github, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VAULT_TOKEN", "token-of-vault-77aa")
    engine.says("staging", events=UPDATE, out=f"  ~ a: {CANARY} token-of-vault-77aa token-of-the-job-51c7\n")
    engine.says("production", events=BROKEN, code=1)

    result = strata("plan")

    seen = [result.output, *github.bodies.values(), (tmp_path / "summary.md").read_text()]
    for value in (CANARY, "token-of-vault-77aa", "token-of-the-job-51c7"):
        assert [text for text in seen if value in text] == []
    assert all("~ a: *** *** ***" in text for text in seen)


def test_the_engine_gets_the_logins_token_and_keeps_what_runs(
    strata: Strata, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "of-the-job")
    monkeypatch.setenv("STRATA_GITHUB_TOKEN", "read-only")

    strata("plan")

    found = engine.environment("staging")
    assert found["GITHUB_TOKEN"] == "read-only"
    assert "RELEASE" not in found


def test_a_release_can_be_planned_for_as_up_is_told_of_one(
    strata: Strata, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    strata("plan", "--stack", "production", "--release", "v1.0.1")
    monkeypatch.setenv("RELEASE", "v1.0.2")
    strata("plan", "--stack", "staging")

    assert engine.environment("production")["RELEASE"] == "v1.0.1"
    assert engine.environment("staging")["RELEASE"] == "v1.0.2"


def test_a_comment_that_github_refuses_fails_after_all_was_printed(
    strata: Strata, engine: Engine, github: Github, tmp_path: Path
) -> None:
    github.refuses = 403

    result = strata("plan")

    assert result.exit_code == Exit.FAILED
    assert "GitHub answered 403" in result.stderr
    assert "staging: 1 updated" in result.stdout
    assert "1 updated" in (tmp_path / "summary.md").read_text()


def test_no_line_of_a_diff_is_a_command_to_the_runner(strata: Strata, engine: Engine) -> None:
    engine.says("staging", events=UPDATE, out="  ~ env: 1 => 2\n     ::stop-commands::x\n  ##[error]y\n")

    lines = strata("plan", "--stack", "staging").stdout.splitlines()

    assert [line for line in lines if line.lstrip().startswith(("::", "##["))] == []
    assert "|      ::stop-commands::x" in lines


def test_a_stack_that_is_none_is_wrong_usage(strata: Strata, engine: Engine) -> None:
    assert strata("plan", "--stack", "main; id").exit_code == Exit.USAGE
    assert not list(engine.folder.glob("*.words"))


def test_without_the_engine_the_way_to_it_is_named(
    strata: Strata, here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here.bin / "pulumi").unlink()

    result = strata("plan")

    assert result.exit_code == Exit.FAILED
    assert "`make toolchain`" in result.stderr
