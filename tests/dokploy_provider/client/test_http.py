"""What is sent, and how often."""

from typing import Any

import httpx
import pytest

from dokploy_provider.client import Client
from dokploy_provider.client import http as module
from dokploy_provider.errors import ApiError, NotConfigured, OutcomeUnknown, Unreachable
from tests.dokploy_provider.scripted import Scripted

ENV = {"DOKPLOY_URL": "http://dokploy.test", "DOKPLOY_API_KEY": "the-key"}
BARE_401 = httpx.Response(401, json={"message": "Unauthorized"})


def _raised(server: Scripted, verb: str = "get") -> ApiError:
    client = server.client()
    with pytest.raises(ApiError) as caught:
        client.get("compose.one", composeId="c") if verb == "get" else client.post("compose.update", {})
    return caught.value


@pytest.mark.parametrize("name", ENV)
def test_a_missing_setting_is_named(name: str) -> None:
    with pytest.raises(NotConfigured, match=name):
        Client.from_env({**ENV, name: ""})


def test_from_env_sends_nothing() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise AssertionError(request.url)

    Client.from_env(ENV, transport=httpx.MockTransport(refuse)).close()


def test_the_key_goes_into_the_header_and_parameters_into_the_query() -> None:
    seen: list[httpx.Request] = []

    def note(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json="v0.30.2")

    client = Client.from_env(
        {**ENV, "DOKPLOY_URL": "http://dokploy.test/"}, transport=httpx.MockTransport(note)
    )
    client.get("compose.one", composeId="c")

    assert str(seen[1].url) == "http://dokploy.test/api/compose.one?composeId=c"
    assert seen[1].headers["x-api-key"] == "the-key"


@pytest.mark.parametrize(
    "lost", [httpx.ReadError("reset"), httpx.Response(502), httpx.Response(503), httpx.Response(429)]
)
def test_s2_a_question_is_asked_again(lost: Any) -> None:
    server = Scripted().on("compose.one", lost, lost, {"composeId": "c"})

    assert server.client().get("compose.one", composeId="c") == {"composeId": "c"}


def test_s2_a_question_is_asked_four_times_at_most() -> None:
    server = Scripted().on("compose.one", httpx.Response(503))
    _raised(server)

    assert len(server.asked("compose.one")) == 4
    assert server.time.slept == [0.5, 1.0, 2.0]


def test_s2_retry_after_is_heard_and_bounded() -> None:
    waits = [
        httpx.Response(503, headers={"retry-after": "7"}),
        httpx.Response(429, headers={"retry-after": "900"}),
    ]
    server = Scripted().on("compose.one", *waits, {})
    server.client().get("compose.one")

    assert server.time.slept == [7.0, 30.0]


@pytest.mark.parametrize(
    "lost",
    [httpx.ReadTimeout("slow"), httpx.RemoteProtocolError("gone"), httpx.Response(500), httpx.Response(502)],
)
def test_s2_a_mutation_is_sent_once_and_its_outcome_is_unknown(lost: Any) -> None:
    server = Scripted().on("compose.update", lost)

    assert isinstance(_raised(server, "post"), OutcomeUnknown)
    assert len(server.asked("compose.update")) == 1


def test_s2_a_mutation_that_found_no_connection_was_not_sent() -> None:
    assert isinstance(
        _raised(Scripted().on("compose.update", httpx.ConnectError("refused")), "post"), Unreachable
    )


def test_s2_a_mutation_answered_with_a_page_has_an_unknown_outcome() -> None:
    assert isinstance(
        _raised(Scripted().on("compose.update", httpx.Response(200, text="<html>")), "post"), OutcomeUnknown
    )


def test_s12_a_401_is_never_asked_again() -> None:
    server = Scripted().on("compose.one", BARE_401)
    _raised(server)

    assert len(server.asked("compose.one")) == 1


@pytest.mark.parametrize(
    ("procedure", "least", "most"),
    [
        ("compose.delete", 120, None),
        ("compose.stop", 120, None),
        ("application.delete", 120, None),
        ("network.remove", 120, None),
        ("postgres.deploy", 120, None),
        ("compose.deploy", 0, 60),
        ("compose.update", 0, 60),
    ],
)
def test_d8_synchronous_calls_have_time_and_others_a_minute(
    procedure: str, least: float, most: float | None
) -> None:
    timeouts: list[float] = []

    def note(request: httpx.Request) -> httpx.Response:
        timeouts.append(request.extensions["timeout"]["read"])
        return httpx.Response(200, json="v0.30.2")

    Client.from_env(ENV, transport=httpx.MockTransport(note)).post(procedure, {})

    assert timeouts[-1] >= least
    assert most is None or timeouts[-1] <= most


def test_the_slow_databases_are_those_dokploy_knows() -> None:
    assert {"postgres.deploy", "redis.deploy"} <= module.SLOW_DEPLOYS
