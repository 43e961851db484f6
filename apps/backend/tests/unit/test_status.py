import pytest

from backend.services import Services
from unit.asking import Asking
from unit.doubles import MemoryCache, MemoryFiles, MemoryLedger, Switch

IDENTITY = {"version": "v1.0.45", "commit": "c" * 40, "environment": "pr-12"}


def test_c8_health_tells_version_commit_environment_and_that_all_answer(http: Asking) -> None:
    answer = http.get("/health")

    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    assert answer.json == {
        "status": "ok",
        **IDENTITY,
        "checks": {"database": "ok", "cache": "ok", "storage": "ok"},
    }


@pytest.mark.parametrize("name", ["database", "cache", "storage"])
def test_c8_health_is_503_and_names_what_does_not_answer(
    name: str, http: Asking, ledger: MemoryLedger, cache: MemoryCache, files: MemoryFiles
) -> None:
    down: Switch = {"database": ledger, "cache": cache, "storage": files}[name]
    down.reason = "unreachable"

    answer = http.get("/health")

    assert (answer.status, answer.json["status"]) == (503, "unhealthy")
    assert {each: state for each, state in answer.json["checks"].items() if state != "ok"} == {
        name: "unreachable"
    }


def test_r6_a_process_that_stops_is_not_ready_and_still_serves(http: Asking, services: Services) -> None:
    before = http.get("/ready")
    services.lifecycle.stop()
    after = http.get("/ready")

    assert (before.status, before.json) == (200, {"status": "ready", **IDENTITY})
    assert (after.status, after.json) == (503, {"status": "stopping", **IDENTITY})
    assert http.get("/api/report").status == 200


def test_r6_a_process_that_stops_closes_each_connection_after_its_answer(
    http: Asking, services: Services
) -> None:
    assert "connection" not in http.get("/api").headers

    services.lifecycle.stop()

    assert http.get("/api").headers["connection"] == "close"


@pytest.mark.parametrize(
    ("path", "status"), [("/health", 200), ("/ready", 200), ("/api", 200), ("/api/", 200), ("/nothing", 404)]
)
def test_every_path_is_answered_with_json(path: str, status: int, http: Asking) -> None:
    answer = http.get(path)
    head = http.send("HEAD", path)

    assert (answer.status, answer.headers["content-type"]) == (status, "application/json")
    assert head.status == status


def test_what_the_state_is_now_is_kept_by_nobody(http: Asking) -> None:
    assert {http.get(path).headers["cache-control"] for path in ("/health", "/ready", "/api")} == {"no-store"}
