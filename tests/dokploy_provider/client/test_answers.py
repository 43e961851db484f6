"""How an answer is understood."""

import httpx
import pytest

from dokploy_provider.errors import (
    ApiError,
    Forbidden,
    NotFound,
    RateLimited,
    Rejected,
    ServerFault,
    Unauthorized,
)
from tests.dokploy_provider.scripted import Scripted, missing, refusal

BARE_401 = httpx.Response(401, json={"message": "Unauthorized"})


def _raised(server: Scripted, verb: str = "get") -> ApiError:
    client = server.client()
    with pytest.raises(ApiError) as caught:
        client.get("compose.one", composeId="c") if verb == "get" else client.post("compose.update", {})
    return caught.value


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
