import asyncio
import re

import pytest
from structlog.testing import capture_logs
from structlog.typing import EventDict

from backend.lifecycle import Lifecycle
from backend.requestlog import RequestLog
from unit.asking import Answer, Asking
from unit.doubles import MemoryLedger


def lines(http: Asking, path: str, **headers: str) -> tuple[Answer, list[EventDict]]:
    with capture_logs() as logged:
        answer = http.get(path, **headers)
    return answer, [line for line in logged if line["event"] == "request"]


def test_a_request_is_one_line_with_method_path_status_and_time(http: Asking) -> None:
    _, logged = lines(http, "/api/accounts/7/entries")

    assert [set(line) for line in logged] == [{"event", "log_level", "method", "path", "status", "ms"}]
    assert (logged[0]["method"], logged[0]["path"], logged[0]["status"]) == (
        "GET",
        "/api/accounts/7/entries",
        404,
    )


def test_v1_values_of_a_query_and_of_headers_are_not_logged(http: Asking) -> None:
    _, logged = lines(http, "/api/report?token=Canary4711", authorization="Canary4711")

    assert "Canary4711" not in str(logged)


def test_a_callers_id_goes_on(http: Asking) -> None:
    answer, _ = lines(http, "/api", x_request_id="trace-1.A_b")

    assert answer.headers["x-request-id"] == "trace-1.A_b"


@pytest.mark.parametrize("sent", ["", "a b", 'x"}', "-a", "a" * 65, "ä"])
def test_what_is_no_id_is_replaced(sent: str, http: Asking) -> None:
    answer, _ = lines(http, "/api", x_request_id=sent)

    assert re.fullmatch("[0-9a-f]{32}", answer.headers["x-request-id"])


def test_what_comes_every_few_seconds_is_logged_for_debugging_only(http: Asking) -> None:
    _, logged = lines(http, "/health")

    assert [line["log_level"] for line in logged] == ["debug"]


def test_v1_an_error_that_nobody_foresaw_is_500_with_the_requests_id_and_nothing_else(
    http: Asking, ledger: MemoryLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def explode() -> None:
        raise RuntimeError("Canary4711")

    monkeypatch.setattr(ledger, "balances", explode)
    with capture_logs() as logged:
        answer = http.get("/api/accounts", x_request_id="trace-1")

    assert (answer.status, answer.json["error"]) == (500, "internal")
    assert "trace-1" in answer.json["detail"]
    assert b"Canary4711" not in answer.body
    assert [line["event"] for line in logged] == ["request_failed", "request"]


def test_r6_a_request_that_the_end_of_the_drain_cuts_off_is_told_to_ask_again() -> None:
    async def app(_scope: object, _receive: object, _send: object) -> None:
        raise asyncio.CancelledError

    with capture_logs() as logged:
        answer = Asking(RequestLog(app, lifecycle=Lifecycle())).get("/api/report")

    assert (answer.status, answer.json["error"], logged[0]["status"]) == (503, "stopping", 503)


def test_the_time_is_in_milliseconds() -> None:
    ticks = iter([10.0, 10.25])

    async def app(_scope: object, _receive: object, _send: object) -> None:
        return

    log = RequestLog(app, lifecycle=Lifecycle(), clock=lambda: next(ticks))
    with capture_logs() as logged, pytest.raises(IndexError):  # it answers nothing
        Asking(log).get("/api")

    assert logged[0]["ms"] == 250.0
