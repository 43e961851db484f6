"""What holds for the whole process is told in full once, and asked once."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from dokploy_provider.client import Client
from dokploy_provider.client.refusal import AWAY
from dokploy_provider.errors import DokployError, RateLimited, ServerTooOld, Unauthorized, Unreachable
from tests.dokploy_provider.scripted import Scripted

VERSION = "settings.getDokployVersion"
BARE_401 = httpx.Response(401, json={"message": "Unauthorized"})


def _told(client: Client) -> DokployError:
    with pytest.raises(DokployError) as caught:
        client.get("compose.one", composeId="c")
    return caught.value


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (BARE_401, Unauthorized),
        ("v0.29.9", ServerTooOld),
        (httpx.ConnectError("refused"), Unreachable),
    ],
    ids=["wrong key", "too old", "unreachable"],
)
def test_s12_twelve_resources_hear_one_whole_error_and_eleven_short_ones(
    answer: Any, kind: type[DokployError]
) -> None:
    server = Scripted().on(VERSION, answer)
    client = server.client()
    with ThreadPoolExecutor(4) as threads:
        told = list(threads.map(lambda _: _told(client), range(12)))
    texts = [str(error) for error in told]

    assert {type(error) for error in told} == {kind}
    assert sum("the first error says more" in text for text in texts) == 11
    assert [text for text in texts if "Next: " not in text] == []
    assert len(server.requests) == (4 if kind is Unreachable else 1)


def test_s12_a_limit_reached_half_way_is_told_once_and_nothing_is_asked_any_more() -> None:
    server = Scripted().on("compose.one", {"composeId": "c"}, BARE_401)
    client = server.client()
    client.get("compose.one", composeId="c")
    first, second = _told(client), _told(client)

    assert type(first) is type(second) is RateLimited
    assert "rateLimitEnabled: false" in str(first)
    assert len(str(second)) < 120
    assert len(server.asked("compose.one")) == 2


def test_a_server_that_was_away_is_asked_again_after_a_while() -> None:
    server = Scripted().on(VERSION, *[httpx.ConnectError("refused")] * 4, "v0.30.2").on("compose.one", {})
    client = server.client()
    _told(client)
    _told(client)
    server.time.time += AWAY

    assert client.get("compose.one", composeId="c") == {}


def test_a_proxys_429_is_no_verdict_on_the_key() -> None:
    server = Scripted().on("compose.one", *[httpx.Response(429)] * 4, {"composeId": "c"})
    client = server.client()
    assert type(_told(client)) is RateLimited

    assert client.get("compose.one", composeId="c") == {"composeId": "c"}
