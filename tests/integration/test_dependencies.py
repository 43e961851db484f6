"""Each dependency gone in turn: `/health` names it (C8), the API says so, and all is well when it is back."""

import httpx
import pytest

from tests.integration.accounts import Account, ok
from tests.integration.services import Services
from tests.throwaway.waiting import eventually

DEPENDENCIES = {"postgres": "database", "redis": "cache", "minio": "storage"}
each_dependency = pytest.mark.parametrize(("service", "check"), DEPENDENCIES.items(), ids=list(DEPENDENCIES))


def only(check: str, checks: dict[str, str]) -> str:
    """The reason given for a check, if all others are well."""
    others = {name: state for name, state in checks.items() if name != check}
    assert others == dict.fromkeys(others, "ok")
    assert len(others) == 2
    return checks[check]


@each_dependency
def test_c8_a_dependency_that_is_stopped_is_the_one_that_health_names(
    service: str, check: str, backend: httpx.Client, services: Services
) -> None:
    with services.without(service):
        answer = backend.get("/health")
        ready = backend.get("/ready")

        assert answer.status_code == 503
        assert answer.json()["status"] == "unhealthy"
        assert only(check, answer.json()["checks"]) in {"unreachable", "no answer in time"}
        assert answer.json()["commit"] == services.commit
        assert ready.status_code == 200

    assert services.health().json()["checks"] == dict.fromkeys(DEPENDENCIES.values(), "ok")


@each_dependency
def test_c8_a_dependency_that_does_not_answer_is_named_before_the_health_check_gives_up(
    service: str, check: str, backend: httpx.Client, services: Services
) -> None:
    with services.silent(service):
        answer = backend.get("/health")

        assert answer.status_code == 503
        assert only(check, answer.json()["checks"]) == "no answer in time"
        assert answer.elapsed.total_seconds() < 4


def test_without_the_database_the_api_says_so_and_serves_again_when_it_is_back(
    account: Account, services: Services
) -> None:
    ok(account.add("1.00"), 201)
    with services.without("postgres"):
        refused = ok(account.add("2.00"), 503)
        listing = ok(account.client.get("/api/accounts"), 503)

        assert refused == listing == {"error": "unavailable", "detail": "database: unreachable"}

    ok(account.add("3.00"), 201)
    assert account.balance() == "4.00"


def test_without_the_cache_a_report_is_only_made_anew_each_time(account: Account, services: Services) -> None:
    ok(account.add("1.00"), 201)
    with services.without("redis"):
        reports = [account.client.get("/api/report") for _ in range(2)]
        ok(account.add("2.00"), 201)

        assert [each.status_code for each in reports] == [200, 200]
        assert [each.headers["X-Cache"] for each in reports] == ["miss", "miss"]

    def cached_again() -> None:
        assert account.client.get("/api/report").headers["X-Cache"] == "hit"

    eventually(cached_again, within=15)
    report = ok(account.client.get("/api/report"))
    assert [each["balance"] for each in report["accounts"] if each["id"] == account.key] == ["3.00"]


def test_without_the_object_store_only_statements_are_unavailable(
    account: Account, services: Services
) -> None:
    kept = ok(account.upload("kept.pdf", b"kept"), 201)
    with services.without("minio"):
        upload = ok(account.upload("lost.pdf", b"lost"), 503)
        download = ok(account.client.get(f"/api/statements/{kept['id']}/file"), 503)
        ok(account.add("1.00"), 201)

        assert upload["detail"] in {"storage: unreachable", "storage: no answer in time"}
        assert download["detail"] in {"storage: unreachable", "storage: no answer in time"}

    assert [each["filename"] for each in account.statements()] == ["kept.pdf"]

    def served() -> None:
        answer = account.client.get(f"/api/statements/{kept['id']}/file")
        assert (answer.status_code, answer.content) == (200, b"kept")

    # a store answers before its last volume is found again
    eventually(served, within=15)
