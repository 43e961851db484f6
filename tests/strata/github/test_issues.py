"""Issues of ours at the sandbox's GitHub, over HTTP."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from strata.github import Client, issues
from strata.github.errors import GithubError
from tests.strata.gates import Github, github_of
from tests.vault.actions import REPOSITORY

MARKER = "drift-staging"
Answer = Callable[[httpx.Request, Callable[[], httpx.Response]], httpx.Response]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Github]:
    with github_of(tmp_path / "github") as running:
        yield running


class _Between(httpx.BaseTransport):
    """Lets a test act at a request."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.real = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        def pass_on() -> httpx.Response:
            response = self.real.handle_request(request)
            response.read()
            return response

        return self.answer(request, pass_on)

    def close(self) -> None:
        self.real.close()


def client_of(server: Github, answer: Answer | None = None) -> Client:
    through = _Between(answer or (lambda _, pass_on: pass_on()))
    return Client(
        api=server.api, token=server.token, repository=REPOSITORY, transport=through, sleep=lambda _: None
    )


@pytest.fixture
def client(server: Github) -> Iterator[Client]:
    with client_of(server) as made:
        yield made


def all_of(server: Github) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = server.ask("GET", "issues?state=all&per_page=100").json()
    return sorted(found, key=lambda one: int(one["number"]))


def put(client: Client, body: str = "first", **more: str) -> int:
    return issues.put(client, **{"marker": MARKER, "title": "staging has drifted", "body": body, **more})


def test_the_first_finding_makes_an_issue_with_a_label_and_a_hidden_marker(
    server: Github, client: Client
) -> None:
    number = put(client)

    (made,) = all_of(server)
    assert (made["number"], made["title"], made["state"]) == (number, "staging has drifted", "open")
    assert made["body"] == "<!-- strata:drift-staging -->\nfirst"
    assert [one["name"] for one in made["labels"]] == ["strata-drift"]


def test_another_finding_changes_it_and_makes_no_second(server: Github, client: Client) -> None:
    put(client)
    put(client, "second", title="staging could not be looked at")

    (one,) = all_of(server)
    assert (one["title"], one["body"].splitlines()[1]) == ("staging could not be looked at", "second")


def test_the_same_finding_again_sends_no_change(server: Github, client: Client) -> None:
    put(client)
    sent: list[str] = []

    def noted(request: httpx.Request, pass_on: Callable[[], httpx.Response]) -> httpx.Response:
        sent.append(request.method)
        return pass_on()

    with client_of(server, noted) as again:
        put(again)

    assert set(sent) == {"GET"}


def test_a_clean_look_closes_it_and_the_next_finding_makes_a_new_one(server: Github, client: Client) -> None:
    first = put(client)

    assert issues.close(client, marker=MARKER) == [first]
    assert issues.close(client, marker=MARKER) == []
    second = put(client)

    assert [(one["number"], one["state"]) for one in all_of(server)] == [(first, "closed"), (second, "open")]


def test_each_stack_has_its_own(server: Github, client: Client) -> None:
    put(client)
    put(client, marker="drift-production", title="production has drifted")
    issues.close(client, marker=MARKER)

    assert [one["title"] for one in all_of(server) if one["state"] == "open"] == ["production has drifted"]


def test_two_runs_at_once_end_with_one(server: Github, client: Client) -> None:
    raced: list[int] = []

    def at_the_same_moment(request: httpx.Request, pass_on: Callable[[], httpx.Response]) -> httpx.Response:
        if request.method == "POST" and not raced:
            raced.append(put(client))  # the other run, after both have seen that there is none
        return pass_on()

    with client_of(server, at_the_same_moment) as other:
        number = put(other, "of the other")

    assert number == raced[0]
    states = [(one["number"], one["state"], one["state_reason"]) for one in all_of(server)]
    assert states == [(number, "open", None), (number + 1, "closed", "not_planned")]


def test_a_lost_answer_makes_no_second_issue(server: Github, client: Client) -> None:
    def lost(request: httpx.Request, pass_on: Callable[[], httpx.Response]) -> httpx.Response:
        answer = pass_on()
        if request.method == "POST":
            raise httpx.ReadError("cut")
        return answer

    with client_of(server, lost) as unlucky:
        number = put(unlucky)
    put(client)

    assert [one["number"] for one in all_of(server)] == [number]


def test_a_request_that_never_arrived_is_an_error_and_not_an_issue(server: Github) -> None:
    def dropped(request: httpx.Request, pass_on: Callable[[], httpx.Response]) -> httpx.Response:
        if request.method == "POST":
            raise httpx.ReadError("cut")
        return pass_on()

    with client_of(server, dropped) as unlucky, pytest.raises(GithubError):
        put(unlucky)

    assert all_of(server) == []


def test_a_strangers_issue_with_our_marker_and_without_our_label_is_left_alone(
    server: Github, client: Client
) -> None:
    theirs = {"title": "x", "body": "<!-- strata:drift-staging -->\nhello"}
    server.ask("POST", "issues", json=theirs).raise_for_status()

    put(client)
    issues.close(client, marker=MARKER)

    assert [(one["title"], one["state"]) for one in all_of(server)] == [
        ("x", "open"),
        ("staging has drifted", "closed"),
    ]


def test_a_text_that_is_too_long_for_github_is_cut(server: Github, client: Client) -> None:
    put(client, "x" * 70_000)

    assert len(all_of(server)[0]["body"]) == issues.LONGEST
