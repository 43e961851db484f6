"""`strata verify` as a person or a job types it."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from typer.testing import Result

from strata import health
from strata.outcome import Exit
from strata.verify.finding import Finding, State, outcome
from tests.strata.conftest import ROOT, Here

Strata = Callable[..., Result]
COMMIT = "c0ffee" + "0" * 34
RELEASE = {
    "version": "v1.0.1",
    "commit": COMMIT,
    "images": {"backend": f"ghcr.io/team/backend:v1.0.1@sha256:{'1' * 64}"},
    "time": "2026-11-23T12:00:00Z",
}


@pytest.fixture
def says() -> dict[str, Any]:
    """What the backends say of themselves in place of the truth."""
    return {}


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch, says: dict[str, Any]) -> dict[str, int]:
    """Host to the status that its backend answers; another host is unreachable."""
    answers: dict[str, int] = {}

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.host not in answers:
            raise httpx.ConnectError("refused")
        if request.url.path == "/":
            return httpx.Response(200, html="<title>finance report</title>")
        identity = {"version": "v1.0.1", "commit": COMMIT, "environment": name(request.url.host)}
        body: dict[str, Any] = {"status": "ok", "checks": {"database": "ok"}, **identity, **says}
        status = answers[request.url.host]
        return httpx.Response(status, json={} if says.get("nothing") else body)

    monkeypatch.setattr(health, "transport", lambda env: httpx.MockTransport(answer))
    return answers


def name(host: str) -> str:
    """The stack whose host it is."""
    return host.partition(".")[0].removeprefix("report-")


def rows(result: Result) -> dict[str, list[str]]:
    """Subject to state and detail."""
    lines = [
        [cell.strip() for cell in line.split("  ") if cell.strip()] for line in result.stdout.splitlines()[1:]
    ]
    return {line[1]: line[2:] for line in lines}


def test_health_of_pull_requests_staging_and_production_is_one_table(
    strata: Strata, here: Here, served: dict[str, int]
) -> None:
    here.stacks(
        {"pr-12": {"commit": COMMIT}, "staging": {"release": RELEASE}, "local": {}, "someone-else": {}}
    )
    served |= {"report-pr-12.zitian.party": 200, "report-staging.zitian.party": 200}

    result = strata("verify", "--only", "health")

    assert result.exit_code == Exit.OK
    assert rows(result) == {
        "pr-12": ["fine", "https://report-pr-12.zitian.party: commit c0ffee000000"],
        "staging": ["fine", "https://report-staging.zitian.party: v1.0.1, commit c0ffee000000"],
        "production": ["not there", "nothing is deployed"],
    }


def test_one_stack_is_looked_at_alone(strata: Strata, here: Here, served: dict[str, int]) -> None:
    here.stacks({"pr-12": {}, "staging": {}})
    served["report-staging.zitian.party"] = 503

    result = strata("verify", "staging", "--only", "health")

    assert result.exit_code == Exit.NOT_AS_IT_SHOULD_BE
    assert rows(result) == {"staging": ["wrong", "https://report-staging.zitian.party/health: status 503"]}
    assert "next: `strata status`, `strata logs staging`" in result.stderr


@pytest.mark.parametrize(
    ("lie", "detail"),
    [
        ({"nothing": True}, "/health: answers without status, version, commit, checks"),
        ({"commit": "b" * 40}, f"/health: says commit '{'b' * 40}', expected is {'c0ffee' + '0' * 34}"),
        ({"environment": "production"}, "/health: says it is 'production', expected is staging"),
    ],
)
def test_c8_a_200_of_somebody_else_is_wrong(
    strata: Strata,
    here: Here,
    served: dict[str, int],
    says: dict[str, Any],
    lie: dict[str, Any],
    detail: str,
) -> None:
    here.stacks({"staging": {"release": RELEASE}})
    served["report-staging.zitian.party"] = 200
    says |= lie

    result = strata("verify", "staging", "--only", "health")

    assert result.exit_code == Exit.NOT_AS_IT_SHOULD_BE
    assert rows(result) == {"staging": ["wrong", f"https://report-staging.zitian.party{detail}"]}


def test_a_stack_that_was_asked_for_by_name_and_is_not_deployed_is_wrong(
    strata: Strata, here: Here, served: dict[str, int]
) -> None:
    here.stacks({"staging": {}})

    result = strata("verify", "production", "--only", "health")

    assert result.exit_code == Exit.NOT_AS_IT_SHOULD_BE
    assert rows(result) == {"production": ["wrong", "nothing is deployed"]}
    assert "next: pulumi up --stack production" in result.stderr


def test_g4_an_answer_that_cannot_be_compared_with_the_state_is_not_fine(
    strata: Strata, here: Here, served: dict[str, int]
) -> None:
    here.stacks({"staging": {"release": {"version": "v1.0.1"}}})
    served["report-staging.zitian.party"] = 200

    result = strata("verify", "staging", "--only", "health")

    assert result.exit_code == Exit.FAILED
    assert rows(result)["staging"][0] == "could not look"


def test_g4_a_backend_that_cannot_be_asked_is_told_apart_from_an_address_that_does_not_answer(
    strata: Strata, here: Here, served: dict[str, int]
) -> None:
    (here.bin / "stacks.json").unlink()

    result = strata("verify", "--only", "health")

    assert result.exit_code == Exit.FAILED
    assert [state for state, *_ in rows(result).values()] == ["could not look"] * 3


def test_a_stack_of_this_machine_has_no_address(strata: Strata, here: Here, served: dict[str, int]) -> None:
    here.stacks({"local": {}})

    assert rows(strata("verify", "local", "--only", "health")) == {
        "local": ["not there", "it has no public address"]
    }


def test_parts_are_chosen_and_a_wrong_one_is_wrong_usage(
    strata: Strata, here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)

    compose = strata("verify", "ci", "--only", "compose")

    assert compose.exit_code == Exit.OK
    assert list(rows(compose)) == ["ci"]
    assert strata("verify", "--only", "nonsense").exit_code == Exit.USAGE
    assert strata("verify", "main").exit_code == Exit.USAGE


@pytest.mark.parametrize(
    ("states", "code"),
    [
        ([], Exit.OK),
        ([State.FINE, State.ABSENT], Exit.OK),
        ([State.FINE, State.UNKNOWN], Exit.FAILED),
        ([State.UNKNOWN, State.WRONG], Exit.NOT_AS_IT_SHOULD_BE),
    ],
)
def test_what_is_wrong_and_what_could_not_be_looked_at_end_differently(
    states: list[State], code: Exit
) -> None:
    assert outcome(Finding(part="x", subject="y", state=state) for state in states) == code
