"""The client's manners: questions are repeated, changes are not, and a refusal says what to do about it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import httpx
import pytest

from strata.github import Client
from strata.github.client import api_of
from strata.github.errors import (
    Conflict,
    Forbidden,
    GithubError,
    Missing,
    NotConfigured,
    OutcomeUnknown,
    RateLimited,
    ServerFault,
    Unauthorized,
    Unreachable,
)

TOKEN = "token-canary"
Answer = httpx.Response | Exception


@dataclass
class Scripted(httpx.BaseTransport):
    """Answers one after the other; the last one again and again."""

    answers: list[Answer]
    requests: list[httpx.Request] = field(default_factory=list)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)


Make = Callable[..., tuple[Client, Scripted, list[float]]]


@pytest.fixture
def make() -> Iterator[Make]:
    """A client that is answered as told; its requests and its waits."""
    made = list[Client]()

    def new(*answers: Answer) -> tuple[Client, Scripted, list[float]]:
        slept = list[float]()
        script = Scripted(list(answers))
        client = Client(
            api="https://github.example/api/v3",
            token=TOKEN,
            repository="o/r",
            transport=script,
            sleep=slept.append,
        )
        made.append(client)
        return client, script, slept

    yield new
    for client in made:
        client.close()


def say(status: int, body: object = None, **headers: str) -> httpx.Response:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return (
        httpx.Response(status, json=body, headers=names)
        if body is not None
        else httpx.Response(status, headers=names)
    )


FINE = say(200, {"fine": True})


@pytest.mark.parametrize("first", [say(502), say(503), httpx.ReadError("cut"), httpx.ConnectError("down")])
def test_s2_a_question_is_repeated_with_growing_pauses(make: Make, first: Answer) -> None:
    client, script, slept = make(first, first, FINE)

    assert client.get("pulls/1") == {"fine": True}
    assert len(script.requests) == 3
    assert slept == [1.0, 2.0]


def test_s2_a_question_ends_after_four_tries(make: Make) -> None:
    client, script, _ = make(say(500))

    with pytest.raises(ServerFault):
        client.get("pulls/1")
    assert len(script.requests) == 4


@pytest.mark.parametrize("verb", ["post", "patch", "put", "delete"])
@pytest.mark.parametrize(
    "lost", [say(500), say(502), httpx.ReadTimeout("slow"), httpx.RemoteProtocolError("cut")]
)
def test_s2_a_change_is_sent_once_and_its_lost_answer_is_an_unknown_outcome(
    make: Make, verb: str, lost: Answer
) -> None:
    client, script, slept = make(lost)

    with pytest.raises(OutcomeUnknown, match="run it again: it looks first"):
        getattr(client, verb)(*("issues/1/comments", {"body": "x"})[: 1 if verb == "delete" else 2])
    assert len(script.requests) == 1
    assert slept == []


def test_s2_a_change_that_was_never_sent_is_no_unknown_outcome(make: Make) -> None:
    client, _, _ = make(httpx.ConnectError("down"))

    with pytest.raises(Unreachable):
        client.post("issues/1/comments", {"body": "x"})


def test_an_answer_to_a_change_that_is_no_json_is_an_unknown_outcome(make: Make) -> None:
    client, _, _ = make(httpx.Response(200, content=b"<html>"))

    with pytest.raises(OutcomeUnknown, match="not JSON"):
        client.post("git/refs", {})


@pytest.mark.parametrize(("asked", "waited"), [("7", 7.0), ("3600", 30.0)])
def test_429_waits_as_long_as_github_asks_and_never_for_ever(make: Make, asked: str, waited: float) -> None:
    client, _, slept = make(say(429, {}, retry_after=asked), FINE)

    client.get("pulls/1")

    assert slept == [waited]


def test_429_to_a_change_is_told_and_not_repeated(make: Make) -> None:
    client, script, _ = make(say(429, {"message": "slow down"}, retry_after="7"))

    with pytest.raises(RateLimited) as caught:
        client.post("issues/1/comments", {"body": "x"})
    assert caught.value.retry_after == 7.0
    assert len(script.requests) == 1


def test_a_403_of_a_used_up_limit_is_no_missing_permission(make: Make) -> None:
    client, _, _ = make(say(403, {}, x_ratelimit_remaining="0"))

    with pytest.raises(RateLimited):
        client.post("issues/1/comments", {"body": "x"})


def test_a_403_whose_message_names_the_secondary_limit_is_no_missing_permission(make: Make) -> None:
    said = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
    client, _, _ = make(say(403, {"message": said}))

    with pytest.raises(RateLimited, match="secondary rate limit"):
        client.post("git/refs", {"ref": "x"})


def test_a_403_names_the_permission_that_is_missing(make: Make) -> None:
    client, script, _ = make(say(403, {"message": "no"}, x_accepted_github_permissions="deployments=write"))

    with pytest.raises(Forbidden, match="deployments=write") as caught:
        client.get("deployments")
    assert caught.value.permissions == "deployments=write"
    assert len(script.requests) == 1


@pytest.mark.parametrize(
    ("status", "kind"),
    [(401, Unauthorized), (404, Missing), (409, Conflict), (422, Conflict), (400, Conflict)],
)
def test_each_refusal_is_an_error_of_its_own(make: Make, status: int, kind: type[GithubError]) -> None:
    client, script, _ = make(say(status, {"message": "because"}))

    with pytest.raises(kind, match=f"answered {status} to GET /repos/o/r/pulls/1: because") as caught:
        client.get("pulls/1")
    assert TOKEN not in str(caught.value)
    assert len(script.requests) == 1


def test_a_422_says_what_github_complains_about(make: Make) -> None:
    client, _, _ = make(say(422, {"message": "Validation Failed", "errors": [{"code": "already_exists"}]}))

    with pytest.raises(Conflict, match="already_exists") as caught:
        client.post("git/refs", {})
    assert caught.value.codes == ("already_exists",)


def test_v6_a_long_answer_is_not_passed_on_whole(make: Make) -> None:
    client, _, _ = make(say(404, {"message": "x" * 5_000}))

    with pytest.raises(Missing) as caught:
        client.get("pulls/1")
    assert len(str(caught.value)) < 500


def test_pages_follow_githubs_link_and_a_page_that_fails_is_asked_again(make: Make) -> None:
    more = {"link": '<https://github.example/api/v3/repositories/1/pulls?page=2>; rel="next"'}
    first = httpx.Response(200, json=[1, 2], headers=more)
    client, script, _ = make(first, say(502), say(200, [3]))

    assert list(client.pages("pulls", state="open")) == [1, 2, 3]
    assert [str(one.url.query, "ascii") for one in script.requests] == [
        "per_page=100&state=open",
        "page=2",
        "page=2",
    ]


def test_pages_of_objects_are_read_by_their_key(make: Make) -> None:
    client, _, _ = make(say(200, {"total_count": 1, "workflow_runs": [{"id": 1}]}))

    assert list(client.pages("actions/runs", key="workflow_runs")) == [{"id": 1}]


def test_a_path_is_below_the_repository_or_from_the_root(make: Make) -> None:
    client, script, _ = make(FINE)

    client.get("pulls/1")
    client.get("/user")

    assert [one.url.path for one in script.requests] == ["/api/v3/repos/o/r/pulls/1", "/api/v3/user"]
    assert script.requests[0].headers["authorization"] == f"Bearer {TOKEN}"


@pytest.mark.parametrize(
    ("env", "missing"),
    [
        ({}, "GITHUB_TOKEN and GITHUB_REPOSITORY"),
        ({"GITHUB_TOKEN": " ", "GITHUB_REPOSITORY": "o/r"}, "GITHUB_TOKEN"),
        ({"GITHUB_TOKEN": "t"}, "GITHUB_REPOSITORY"),
    ],
)
def test_what_is_not_known_is_named(env: dict[str, str], missing: str) -> None:
    with pytest.raises(NotConfigured, match=missing):
        Client.from_env(env)


def test_the_owner_and_the_settings_name_the_repository_outside_a_runner() -> None:
    client = Client.from_env({"GITHUB_TOKEN": "t", "GITHUB_OWNER": "o"}, repository="r")

    assert client.repository == "o/r"
    client.close()


@pytest.mark.parametrize(
    ("env", "api"),
    [
        ({}, "https://api.github.com"),
        ({"GITHUB_BASE_URL": "https://api.github.com/"}, "https://api.github.com"),
        ({"GITHUB_BASE_URL": "https://ghe.example/"}, "https://ghe.example/api/v3"),
        (
            {"GITHUB_API_URL": "https://ghe.example/api/v3/", "GITHUB_BASE_URL": "x"},
            "https://ghe.example/api/v3",
        ),
    ],
)
def test_the_server_is_the_runners_or_the_sandboxes_or_githubs(env: dict[str, str], api: str) -> None:
    assert api_of(env) == api
