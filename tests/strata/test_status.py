import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from typer.testing import Result

from strata import health
from strata.outcome import Exit
from strata.status import COLUMNS, age
from tests.strata.conftest import Here

Strata = Callable[..., Result]
DIGEST = "sha256:" + "a" * 64
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def release(version: str, commit: str = "c0ffee" + "0" * 34, time: str = "2026-11-23T08:15:00+00:00") -> Any:
    images = {name: f"ghcr.io/team/{name}:{version}@{DIGEST}" for name in ("backend", "frontend")}
    return {"version": version, "commit": commit, "time": time, "images": images}


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What each host's /health answers; a host that is not in it is unreachable."""
    answers: dict[str, Any] = {}

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.host not in answers:
            raise httpx.ConnectError("refused")
        body = {"status": "ok", "version": "v0", "commit": None, "checks": {}, **answers[request.url.host]}
        return httpx.Response(200, json=body)

    monkeypatch.setattr(health, "transport", lambda env: httpx.MockTransport(answer))
    return answers


def test_o1_status_shows_each_stack_with_version_health_and_address(
    strata: Strata, here: Here, served: dict[str, Any]
) -> None:
    here.stacks(
        {
            "pr-12": {"url": "http://pr.test"},
            "production": {},
            "staging": {"url": "http://staging.test", "release": release("v1.0.1")},
        }
    )
    served["staging.test"] = {"version": "v1.0.1", "commit": "c0ffee" + "0" * 34}
    here.history("staging", ("update", "succeeded"))

    result = strata("status")

    assert result.exit_code == Exit.OK
    assert "last update" not in result.stderr
    header, *rows = result.stdout.splitlines()
    assert header.split("  ")[0] == "STACK"
    assert [column for column in COLUMNS if column not in header] == []
    assert rows[0].startswith("pr-12       -        unreachable (ConnectError)  2026-11-22 08:00")
    assert rows[1].startswith("production  -        no address")
    assert rows[2].startswith("staging     v1.0.1   healthy                     2026-11-23 08:15")
    assert rows[2].endswith("succeeded    unknown  http://staging.test")


def test_o2_plain_output_cuts_nothing_off(strata: Strata, here: Here, served: dict[str, Any]) -> None:
    url = "http://" + "x" * 200 + ".test"
    here.stacks({"staging": {"url": url}})

    assert url in strata("status").stdout


def test_o1_a_stack_that_serves_another_commit_is_told(
    strata: Strata, here: Here, served: dict[str, Any]
) -> None:
    here.stacks({"staging": {"url": "http://staging.test", "release": release("v1.0.1")}})
    served["staging.test"] = {"version": "v1.0.1", "commit": "deadbeef" + "0" * 32}

    (row,) = json.loads(strata("status", "--json").stdout)

    assert row["health"] == "healthy, serves another commit (deadbeef0000)"
    assert row["served_commit"] == "deadbeef" + "0" * 32


@pytest.mark.parametrize(
    ("runs", "shown"),
    [
        ([("update", "failed"), ("update", "succeeded")], "failed"),
        ([("refresh", "succeeded"), ("update", "failed")], "failed"),
        ([("destroy", "failed")], "destroy failed"),
        ([("update", "succeeded"), ("update", "failed")], "succeeded"),
        ([], "unknown"),
    ],
)
def test_o1_a_failed_update_stands_beside_a_healthy_version(
    strata: Strata, here: Here, served: dict[str, Any], runs: list[tuple[str, str]], shown: str
) -> None:
    here.stacks({"staging": {"url": "http://staging.test", "release": release("v1.0.0")}})
    here.history("staging", *runs)
    served["staging.test"] = {"version": "v1.0.0", "commit": "c0ffee" + "0" * 34}

    (row,) = json.loads(strata("status", "--json").stdout)
    told = strata("status").stderr

    assert row["last_update"] == shown
    assert ("staging: last update: failed" in told) is shown.endswith("failed")
    again = "destroy" if shown.startswith("destroy") else "up --refresh"
    assert (f"`pulumi {again} --stack staging`" in told) is shown.endswith("failed")


def test_o1_drift_that_the_last_refresh_found_is_shown(
    strata: Strata, here: Here, served: dict[str, Any]
) -> None:
    here.stacks({"staging": {"drift": ["app: another deployment is newer"]}})

    (row,) = json.loads(strata("status", "--json").stdout)

    assert row["drift"] == "app: another deployment is newer"


def test_a_stack_that_cannot_be_read_does_not_hide_the_others(
    strata: Strata, here: Here, served: dict[str, Any]
) -> None:
    here.stacks({"production": {"release": {"nonsense": True}}, "staging": {"url": "http://staging.test"}})
    served["staging.test"] = {}

    result = strata("status")

    assert result.exit_code == Exit.OK
    assert "staging     -        healthy" in result.stdout
    assert "production: a release record" in result.stderr


def test_without_stacks_the_first_command_is_named(
    strata: Strata, here: Here, served: dict[str, Any]
) -> None:
    assert "No stack yet. Next: `make up`" in strata("status").stderr


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        ("2026-11-23T11:53:00+00:00", "7min"),
        ("2026-11-23T07:00:00Z", "5h"),
        ("2026-11-20T11:00:00.000Z", "3d"),
        ("2026-11-23T12:00:01+00:00", "0min"),
        ("yesterday", "-"),
        ("2026-11-23T12:00:00", "-"),
        (None, "-"),
    ],
)
def test_o1_the_age_is_short_and_never_a_traceback(moment: str | None, shown: str) -> None:
    assert age(moment, NOW) == shown


def test_releases_are_listed_newest_first_and_the_running_one_is_marked(strata: Strata, here: Here) -> None:
    old = release("v1.0.0", time="2026-11-22T08:00:00+00:00")
    here.stacks({"staging": {"release": release("v1.0.1"), "verifiedReleases": [release("v1.0.1"), old]}})

    lines = strata("releases", "staging").stdout.splitlines()

    assert lines[1].startswith("*  v1.0.1   c0ffee000000  2026-11-23 08:15  backend aaaaaaaaaaaa")
    assert lines[2].startswith("   v1.0.0")


def test_releases_as_json_have_whole_digests(strata: Strata, here: Here) -> None:
    here.stacks({"staging": {"release": release("v1.0.1"), "verifiedReleases": [release("v1.0.1")]}})

    (one,) = json.loads(strata("releases", "staging", "--json").stdout)

    assert one["running"] is True
    assert one["images"]["backend"].endswith(DIGEST)


def test_a_stack_that_does_not_exist_is_named(strata: Strata, here: Here) -> None:
    result = strata("releases", "production")

    assert result.exit_code == Exit.FAILED
    assert "There is no stack production" in result.stderr


def test_a_stack_without_releases_says_how_to_make_one(strata: Strata, here: Here) -> None:
    here.stacks({"staging": {}})

    assert "RELEASE=v1.0.0 pulumi up --refresh --stack staging" in strata("releases", "staging").stderr
