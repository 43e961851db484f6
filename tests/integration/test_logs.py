import json
import secrets
from typing import Any

import httpx
import pytest

from tests.integration.accounts import Account, ok
from tests.integration.services import ALL_SERVICES, PASSWORD, Services
from tests.throwaway.waiting import eventually


def logged(services: Services, service: str) -> list[dict[str, Any]]:
    """Every line that a service has written, all its starts included."""
    return [json.loads(line) for line in services.project.container(service).logs().decode().splitlines()]


def lines_with(word: str, container: Any) -> list[str]:
    return [line for line in container.logs().decode().splitlines() if word in line]


@pytest.mark.parametrize("service", ["backend", "frontend"])
def test_every_line_is_one_json_object_with_time_level_and_event(service: str, services: Services) -> None:
    lines = logged(services, service)

    assert len(lines) > 0
    assert [line for line in lines if not {"timestamp", "level", "event"} <= set(line)] == []


def test_no_line_of_any_service_shows_the_password(account: Account, services: Services) -> None:
    ok(account.upload("secrets.pdf", b"x"), 201)
    showing = {name: lines_with(PASSWORD, services.project.container(name)) for name in ALL_SERVICES}

    assert showing == {name: [] for name in ALL_SERVICES}


def test_a_request_is_found_in_both_logs_by_the_id_that_its_caller_gave(
    account: Account, frontend: httpx.Client, services: Services
) -> None:
    request = f"it-{secrets.token_hex(6)}"
    path = f"/api/accounts/{account.key}/entries"
    private = f"private {secrets.token_hex(6)}"

    answer = frontend.post(
        path, json={"amount": "1.00", "description": private}, headers={"X-Request-Id": request}
    )

    assert answer.headers["X-Request-Id"] == request
    for service in ("frontend", "backend"):

        def found(name: str = service) -> dict[str, Any]:
            lines = [line for line in logged(services, name) if line.get("request_id") == request]
            assert len(lines) == 1, f"{name}: {lines}"
            return lines[0]

        line = eventually(found, within=20)
        assert (line["event"], line["method"], line["path"], line["status"]) == ("request", "POST", path, 201)
        assert private not in services.project.container(service).logs().decode()


def test_a_dependency_that_goes_and_comes_back_is_two_lines_however_often_health_is_asked(
    services: Services,
) -> None:
    def told() -> list[dict[str, Any]]:
        return [line for line in logged(services, "backend") if line["event"] == "health"]

    before = len(told())
    with services.without("redis"):
        for _ in range(5):
            services.health()

    def two_lines() -> None:
        new = [(line["level"], line["cache"]) for line in told()[before:]]
        assert new == [("warning", "unreachable"), ("info", "ok")]

    eventually(two_lines, within=20)
