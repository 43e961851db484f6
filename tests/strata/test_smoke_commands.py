"""`strata smoke` and `strata monitor` over a stack's outputs; the host is a made-up one."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import Result

from model.layers import Stack
from sandbox import ports
from strata import monitor as monitoring
from strata import smoke as smoking
from strata import target
from strata.errors import NotThere
from strata.project import Project
from strata.target import Target
from tests.served import served
from tests.strata.conftest import Here
from tests.strata.test_smoke import COMMIT, OTHER, URL, Site

Strata = Callable[..., Result]
BACKEND = f"ghcr.io/zitian-party/finance-report-backend:v1.0.0@sha256:{'b' * 64}"
FRONTEND = f"ghcr.io/zitian-party/finance-report-frontend:v1.0.0@sha256:{'c' * 64}"
RELEASE = {
    "version": "v1.0.0",
    "commit": COMMIT,
    "images": {"backend": BACKEND, "frontend": FRONTEND},
    "time": "2026-11-23T12:00:00Z",
}


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Site:
    """Every stack's host; time passes only by waiting."""
    found = Site()
    monkeypatch.setattr(target, "transport", lambda env: found.through)
    monkeypatch.setattr(smoking.Clock, "__init__", lambda self: None)
    monkeypatch.setattr(smoking.Clock, "monotonic", lambda self: found.now)
    monkeypatch.setattr(smoking.Clock, "sleep", lambda self, seconds: found.wait(seconds))
    return found


@pytest.fixture
def outputs(tmp_path: Path, here: Here, monkeypatch: pytest.MonkeyPatch) -> Callable[[], dict[str, str]]:
    """The outputs of the last command; staging runs v1.0.0."""
    here.stacks({"staging": {"url": URL, "release": RELEASE}})
    file = tmp_path / "output"
    monkeypatch.setenv("GITHUB_OUTPUT", str(file))

    def read() -> dict[str, str]:
        found, lines = {}, iter(file.read_text(encoding="utf-8").splitlines() if file.exists() else ())
        for line in lines:
            name, _, end = line.partition("<<")
            found[name] = "\n".join(iter(lambda: next(lines), end))
        return found

    return read


Outputs = Callable[[], dict[str, str]]


def test_smoke_of_staging_hands_on_the_digests_that_its_deployment_verified(
    strata: Strata, site: Site, outputs: Outputs
) -> None:
    result = strata("smoke", "staging", "--commit", COMMIT)

    assert result.exit_code == 0, result.output
    assert f"staging is right: 12 checks right, 3 rounds in a row, commit {COMMIT}" in result.output
    assert json.loads(outputs()["digests"]) == {
        "backend": BACKEND.replace(":v1.0.0", ""),
        "frontend": FRONTEND.replace(":v1.0.0", ""),
    }
    assert (outputs()["release"], outputs()["commit"]) == ("v1.0.0", COMMIT)
    assert outputs()["verified"].startswith("smoke: 12 checks right")


def test_smoke_that_fails_is_exit_code_1_and_hands_on_nothing(
    strata: Strata, site: Site, outputs: Outputs
) -> None:
    site.identify(commit=OTHER)

    result = strata("smoke", "staging")

    assert result.exit_code == 1
    assert f"expected is {COMMIT}" in result.output
    assert outputs() == {}


def test_smoke_of_a_commit_that_the_stack_does_not_run_ends_before_it_asks(
    strata: Strata, site: Site, outputs: Outputs
) -> None:
    result = strata("smoke", "staging", "--commit", OTHER)

    assert result.exit_code == 3
    assert f"staging runs commit {COMMIT} and not {OTHER}" in result.output
    assert site.asked == []


def test_p50_a_stack_that_is_not_there_or_has_no_address_has_not_passed(
    strata: Strata, site: Site, outputs: Outputs, here: Here
) -> None:
    here.stacks({"production": {}})

    assert strata("smoke", "production").exit_code == 3
    assert "production has no address" in strata("smoke", "production").output
    assert strata("smoke", "pr-7").exit_code == 3
    assert strata("monitor", "production", "--minutes", "1").exit_code == 3
    assert site.asked == []


@pytest.mark.parametrize("words", [("smoke", "elsewhere"), ("smoke", "staging", "--commit", "main")])
def test_words_that_cannot_be_meant_are_refused(
    strata: Strata, site: Site, outputs: Outputs, words: tuple[str, ...]
) -> None:
    assert strata(*words).exit_code == 2
    assert site.asked == []


def test_a_preview_is_asked_for_the_commit_of_its_outputs(
    strata: Strata, site: Site, outputs: Outputs, here: Here
) -> None:
    here.stacks({"pr-7": {"url": URL, "commit": COMMIT}})
    site.identify(environment="pr-7")

    assert strata("smoke", "pr-7").exit_code == 0
    assert "digests" not in outputs()


def test_an_address_can_be_given_in_place_of_the_state(strata: Strata, site: Site, outputs: Outputs) -> None:
    result = strata("smoke", "staging", "--url", f"{URL}/", "--commit", COMMIT)

    assert result.exit_code == 0, result.output
    assert "digests" not in outputs()


def test_a_local_stack_is_asked_on_this_machine_and_may_not_know_its_commit(here: Here) -> None:
    here.stacks({"local": {"url": "http://localhost:3000"}})
    found = Target.of(Project.here(), Stack.parse("local"), commit=None, url=None, env=dict(os.environ))

    assert found.expected == smoking.Expected(may_be_unknown=True)
    assert type(found.through({"STRATA_CONNECT_TO": "127.0.0.1:9"})) is httpx.HTTPTransport


def test_a_standing_stack_is_asked_through_the_sandboxs_ingress_where_it_is_told(here: Here) -> None:
    here.stacks({"staging": {"url": URL, "release": RELEASE}})
    found = Target.of(Project.here(), Stack.parse("staging"), commit=None, url=None, env=dict(os.environ))

    assert found.expected == smoking.Expected(commit=COMMIT, environment="staging")
    assert type(found.through({"STRATA_CONNECT_TO": "127.0.0.1:9"})) is not httpx.HTTPTransport
    with pytest.raises(NotThere):
        Target.of(Project.here(), Stack.parse("staging"), commit=OTHER, url=None, env=dict(os.environ))


def test_monitor_tells_its_class_and_its_count(strata: Strata, site: Site, outputs: Outputs) -> None:
    result = strata("monitor", "staging", "--minutes", "1")

    assert result.exit_code == 0, result.output
    assert result.stdout.strip() == "staging: steady: 0 of 52 requests failed in 60 s"
    assert outputs()["result"] == "steady"


@pytest.mark.parametrize(
    ("path", "answer", "result"),
    [
        ("/", httpx.Response(503), "down"),
        ("/health", httpx.Response(200, html="<p>"), "wrong"),
    ],
)
def test_monitor_that_sees_a_failure_is_exit_code_1(
    strata: Strata, site: Site, outputs: Outputs, path: str, answer: httpx.Response, result: str
) -> None:
    site.answers[path] = [site.answers[path], answer]

    assert strata("monitor", "staging", "--minutes", "10").exit_code == 1
    assert outputs()["result"] == result
    assert site.now <= 3 * monitoring.INTERVAL


@contextmanager
def anything(status: int = 404) -> Iterator[str]:
    """Address of something that is no part of a stack and answers."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    with served(lambda _: app) as url:
        yield url


def nowhere() -> str:
    """An address of this machine at which nobody listens."""
    listening = ports.listen(0)
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    listening.close()
    return address


@pytest.mark.parametrize(
    ("command", "result"), [(("monitor", "--minutes", "1"), "unseen"), (("smoke", "--window", "5"), None)]
)
def test_g4_without_a_network_nothing_is_known_and_the_exit_code_is_3(
    strata: Strata,
    site: Site,
    outputs: Outputs,
    monkeypatch: pytest.MonkeyPatch,
    command: tuple[str, ...],
    result: str | None,
) -> None:
    site.answers = dict.fromkeys(site.answers, httpx.ConnectError("Temporary failure in name resolution"))
    monkeypatch.setenv("GITHUB_API_URL", nowhere())

    done = strata(command[0], "staging", *command[1:])

    assert done.exit_code == 3, done.output
    assert "this machine either" in done.stdout
    assert outputs().get("result") == result


def test_g4_a_stack_that_is_gone_is_down_where_another_address_answers(
    strata: Strata, site: Site, outputs: Outputs, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.answers = dict.fromkeys(site.answers, httpx.ConnectError("refused"))
    monkeypatch.setenv("GITHUB_API_URL", nowhere())

    with anything() as other:
        given = strata("monitor", "staging", "--minutes", "1", "--elsewhere", other)
        monkeypatch.setenv("GITHUB_API_URL", other)
        by_default = strata("monitor", "staging", "--minutes", "1")
        smoked = strata("smoke", "staging", "--window", "5")

    assert (given.exit_code, by_default.exit_code, smoked.exit_code) == (1, 1, 1)
    assert outputs()["result"] == "down"


def test_r8_an_interruption_says_what_to_do_next_in_the_log_and_on_the_runs_page(
    strata: Strata, site: Site, outputs: Outputs, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary"))
    site.answers["/"] = [site.answers["/"], httpx.Response(502), site.answers["/"]]

    done = strata("monitor", "staging", "--minutes", "1")

    assert (done.exit_code, outputs()["result"]) == (1, "interrupted")
    assert "Next: it runs and answers" in done.stderr
    assert "strata release record staging --tag" in (tmp_path / "summary").read_text(encoding="utf-8")
