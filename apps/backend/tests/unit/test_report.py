from decimal import Decimal

import pytest

from backend.ledger import NewEntry
from unit.asking import Asking
from unit.doubles import NOW, MemoryCache, MemoryLedger


@pytest.fixture
def booked(ledger: MemoryLedger) -> MemoryLedger:
    for name, currency, amounts in (
        ("Giro", "EUR", ["0.10", "0.20"]),
        ("Savings", "EUR", ["100"]),
        ("Yen", "JPY", []),
    ):
        account = ledger.add_account(name=name, currency=currency)
        for amount in amounts:
            ledger.add_entry(account.id, NewEntry(amount=Decimal(amount), description="x", date=NOW.date()))
    return ledger


def test_a_report_has_balances_by_account_and_by_currency(http: Asking, booked: MemoryLedger) -> None:
    report = http.get("/api/report").json

    assert [(each["name"], each["balance"], each["entries"]) for each in report["accounts"]] == [
        ("Giro", "0.30", 2),
        ("Savings", "100.00", 1),
        ("Yen", "0", 0),
    ]
    assert report["totals"] == [
        {"currency": "EUR", "balance": "100.30"},
        {"currency": "JPY", "balance": "0"},
    ]


def test_a_report_is_made_once_and_then_taken_from_the_cache(http: Asking, booked: MemoryLedger) -> None:
    first, second = http.get("/api/report"), http.get("/api/report")

    assert [first.headers["x-cache"], second.headers["x-cache"]] == ["miss", "hit"]
    assert first.body == second.body


def test_a_report_is_made_without_the_cache_when_that_is_down(
    http: Asking, booked: MemoryLedger, cache: MemoryCache
) -> None:
    cache.reason = "unreachable"

    answers = [http.get("/api/report") for _ in range(2)]

    assert [(answer.status, answer.headers["x-cache"]) for answer in answers] == [(200, "miss")] * 2


def test_a_report_of_nothing_is_a_report(http: Asking) -> None:
    report = http.get("/api/report").json

    assert (report["accounts"], report["totals"]) == ([], [])
