"""What is sent, how often, and how its answer is understood."""

import threading
from typing import Any

import httpx
import pytest

from dokploy_provider.client import Client
from dokploy_provider.client import http as module
from dokploy_provider.errors import (
    ApiError,
    Forbidden,
    NotConfigured,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    ServerFault,
    ServerTooOld,
    Unauthorized,
    Unreachable,
)
from tests.dokploy_provider.scripted import Scripted, missing, refusal

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


def test_an_empty_answer_is_none() -> None:
    server = Scripted().on("compose.update", httpx.Response(200))

    assert server.client().post("compose.update", {}) is None


@pytest.mark.parametrize("text", ["<html>", "{", "NaN", '{"a": Infinity}'])
def test_s5_an_answer_that_is_not_json_is_a_fault(text: str) -> None:
    assert isinstance(_raised(Scripted().on("compose.one", httpx.Response(200, text=text))), ServerFault)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (missing("compose.one"), NotFound),
        (httpx.Response(404, text="<html>not found</html>"), Rejected),
        (httpx.Response(404, json={"message": "Not found", "code": "NOT_FOUND", "data": {}}), Rejected),
        (missing("project.one"), Rejected),
        (refusal("compose.one", 401, "You are not authorized", "UNAUTHORIZED"), Forbidden),
        (refusal("compose.one", 403, "You are not allowed", "FORBIDDEN"), Forbidden),
        (refusal("compose.one", 400, "Input validation failed"), Rejected),
        (refusal("compose.one", 401, "UNAUTHORIZED", "UNAUTHORIZED"), RateLimited),
    ],
)
def test_s5_an_answer_means_what_it_was_measured_to_mean(
    answer: httpx.Response, kind: type[ApiError]
) -> None:
    assert type(_raised(Scripted().on("compose.one", answer))) is kind


def test_s12_a_key_refused_at_first_is_called_wrong() -> None:
    error = _raised(Scripted().on("settings.getDokployVersion", BARE_401))

    assert type(error) is Unauthorized
    assert "rateLimitEnabled: false" in str(error)


def test_s12_a_key_refused_after_it_worked_is_called_rate_limited() -> None:
    error = _raised(Scripted().on("compose.one", BARE_401))

    assert type(error) is RateLimited
    assert "rateLimitEnabled: false" in str(error)


def test_s12_a_401_is_never_asked_again() -> None:
    server = Scripted().on("compose.one", BARE_401)
    _raised(server)

    assert len(server.asked("compose.one")) == 1


def test_s12_the_version_is_asked_once_before_anything_else() -> None:
    server = Scripted().on("compose.one", {})
    client = server.client()
    client.get("compose.one")
    client.get("compose.one")

    assert [name for name, _ in server.requests] == [
        "settings.getDokployVersion",
        "compose.one",
        "compose.one",
    ]


@pytest.mark.parametrize("version", ["v0.29.9", "v0.3.99", "0.29.0"])
def test_s12_an_old_server_is_refused_before_anything_is_sent(version: str) -> None:
    server = Scripted().on("settings.getDokployVersion", version)
    with pytest.raises(ServerTooOld, match=r"0\.30\.0"):
        server.client().post("compose.create", {})

    assert not server.asked("compose.create")


@pytest.mark.parametrize("version", ["v0.31.0", "v1.0.0", "canary", None])
def test_s12_a_newer_or_unknown_server_is_warned_of(
    version: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    Scripted().on("settings.getDokployVersion", version).on("compose.one", {}).client().get("compose.one")

    assert "tested with" in caplog.text


@pytest.mark.parametrize("version", ["v0.30.0", "v0.30.2", "v0.30.8"])
def test_s12_a_tested_server_is_fine(version: str, caplog: pytest.LogCaptureFixture) -> None:
    Scripted().on("settings.getDokployVersion", version).on("compose.one", {}).client().get("compose.one")

    assert not caplog.records


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


def test_v6_sql_and_its_parameters_are_never_passed_on() -> None:
    text = 'Error: Failed query: insert into "vault_provider" values ($1)\nparams: x,{"token":"canary-token"}'
    error = _raised(Scripted().on("compose.update", refusal("compose.update", 400, text)), "post")

    assert "canary-token" not in str(error)
    assert "insert into" not in str(error)


def test_v6_what_the_process_holds_is_masked_by_value() -> None:
    server = Scripted().on("compose.update", refusal("compose.update", 400, "bad the-key and other-canary"))
    client = server.client()
    client.hide("other-canary", None)
    with pytest.raises(Rejected, match=r"bad \*\*\* and \*\*\*"):
        client.post("compose.update", {})


def test_v6_a_validation_error_names_its_fields() -> None:
    body = {"message": "Input validation failed", "code": "BAD_REQUEST", "data": {"path": "compose.update"}}
    body["issues"] = [{"path": ["appName"], "message": "too long"}]
    error = _raised(Scripted().on("compose.update", httpx.Response(400, json=body)), "post")

    assert "appName: too long" in str(error)


def test_an_answer_may_be_shared_for_a_while() -> None:
    server = Scripted().on("compose.one", {})
    client = server.client()
    client.get("compose.one", max_age=10, composeId="c")
    client.get("compose.one", max_age=10, composeId="c")
    client.get("compose.one", max_age=10, composeId="d")

    assert len(server.asked("compose.one")) == 2


def test_an_own_write_makes_shared_answers_void() -> None:
    server = Scripted().on("compose.one", {}).on("compose.update", {})
    client = server.client()
    client.get("compose.one", max_age=10)
    client.post("compose.update", {})
    client.get("compose.one", max_age=10)

    assert len(server.asked("compose.one")) == 2


def test_an_answer_under_way_during_an_own_write_is_not_kept() -> None:
    server = Scripted()
    client = server.client()

    def write_meanwhile(_: object) -> dict[str, str]:
        client.post("compose.update", {})
        return {}

    server.on("compose.update", {}).on("compose.one", write_meanwhile, {})
    client.get("compose.one", max_age=10)
    client.get("compose.one", max_age=10)

    assert len(server.asked("compose.one")) == 2


def test_s14_threads_that_ask_the_same_at_once_share_one_request() -> None:
    entered, go = threading.Event(), threading.Event()

    def slowly(_: object) -> dict[str, str]:
        entered.set()
        assert go.wait(5)
        return {}

    server = Scripted().on("compose.one", slowly)
    client = server.client()
    threads = [threading.Thread(target=lambda: client.get("compose.one", max_age=10)) for _ in range(4)]
    for thread in threads:
        thread.start()
    assert entered.wait(5)
    go.set()
    for thread in threads:
        thread.join(5)

    assert len(server.asked("compose.one")) == 1


def test_the_slow_databases_are_those_dokploy_knows() -> None:
    assert {"postgres.deploy", "redis.deploy"} <= module.SLOW_DEPLOYS
