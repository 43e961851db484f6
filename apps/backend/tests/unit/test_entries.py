import datetime as dt

import pytest

from unit.asking import Asking
from unit.doubles import NOW, MemoryCache, MemoryLedger

ENTRIES = "/api/accounts/1/entries"


@pytest.fixture
def giro(ledger: MemoryLedger) -> MemoryLedger:
    ledger.add_account(name="Giro", currency="EUR")
    return ledger


def test_an_entry_is_kept_exactly(http: Asking, giro: MemoryLedger) -> None:
    sent = {"amount": "-12.50", "description": " rent ", "date": "2026-11-01"}

    added = http.post(ENTRIES, sent)

    assert (added.status, added.json) == (
        201,
        {
            "id": 2,
            "account_id": 1,
            "amount": "-12.50",
            "description": "rent",
            "date": "2026-11-01",
            "created_at": NOW.isoformat(),
        },
    )
    assert http.get(ENTRIES).json == [added.json]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [(7, "7.00"), (0.1, "0.10"), (-3.5, "-3.50"), ("999999999999999.99", "999999999999999.99")],
)
def test_an_amount_may_be_text_or_an_exact_number(
    sent: object, kept: str, http: Asking, giro: MemoryLedger
) -> None:
    assert http.post(ENTRIES, {"amount": sent, "description": "x"}).json["amount"] == kept


def test_an_entry_without_a_date_is_of_today(http: Asking, giro: MemoryLedger) -> None:
    before = dt.datetime.now(dt.UTC).date()
    date = dt.date.fromisoformat(http.post(ENTRIES, {"amount": "1", "description": "x"}).json["date"])

    assert before <= date <= dt.datetime.now(dt.UTC).date()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"amount": "0"}, "amount"),
        ({"amount": "0.00"}, "amount"),
        ({"amount": "1.234"}, "amount"),
        ({"amount": "1,50"}, "amount"),
        ({"amount": "1e3"}, "amount"),
        ({"amount": "1_000"}, "amount"),
        ({"amount": "١٢"}, "amount"),
        ({"amount": "NaN"}, "amount"),
        ({"amount": "Infinity"}, "amount"),
        ({"amount": ""}, "amount"),
        ({"amount": "1234567890123456"}, "amount"),
        ({"amount": 12345678901234.56}, "amount"),
        ({"amount": True}, "amount"),
        ({"amount": None}, "amount"),
        ({"description": ""}, "description"),
        ({"description": "x" * 201}, "description"),
        ({"date": "2026-02-30"}, "date"),
        ({"date": 0}, "date"),
    ],
)
def test_what_does_not_do_is_named_and_not_kept(
    change: dict[str, object], field: str, http: Asking, giro: MemoryLedger
) -> None:
    answer = http.post(ENTRIES, {"amount": "1", "description": "x", **change})

    assert (answer.status, answer.json["fields"]) == (422, [field])
    assert giro.moved == []


def test_an_amount_fits_its_accounts_currency(http: Asking, ledger: MemoryLedger) -> None:
    ledger.add_account(name="yen", currency="JPY")

    assert http.post(ENTRIES, {"amount": "1.5", "description": "x"}).json["detail"] == (
        "amount has more decimal places than JPY, which has 0"
    )
    assert http.post(ENTRIES, {"amount": "1.0", "description": "x"}).json["amount"] == "1"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/accounts/9/entries", 404),
        ("/api/accounts/giro/entries", 422),
        ("/api/accounts/0/entries", 422),
        (f"/api/accounts/{2**63}/entries", 422),
        (f"{ENTRIES}?limit=0", 422),
        (f"{ENTRIES}/", 404),
    ],
)
def test_what_is_not_there_is_404_and_what_cannot_be_is_422(
    path: str, status: int, http: Asking, giro: MemoryLedger
) -> None:
    assert http.get(path).status == status


def test_no_more_entries_are_listed_than_were_asked_for(http: Asking, giro: MemoryLedger) -> None:
    for amount in ("1", "2", "3"):
        http.post(ENTRIES, {"amount": amount, "description": "x"})

    assert [entry["amount"] for entry in http.get(f"{ENTRIES}?limit=2").json] == ["3.00", "2.00"]


def test_a_new_entry_is_in_the_next_report(http: Asking, giro: MemoryLedger, cache: MemoryCache) -> None:
    cache.body = "{}"

    http.post(ENTRIES, {"amount": "1", "description": "x"})

    assert cache.body is None


def test_an_entry_that_was_refused_leaves_the_report_as_it_is(
    http: Asking, giro: MemoryLedger, cache: MemoryCache
) -> None:
    cache.body = "{}"

    http.post(ENTRIES, {"amount": "0", "description": "x"})

    assert cache.body == "{}"


def test_a_database_that_is_down_is_503_with_a_short_reason(http: Asking, giro: MemoryLedger) -> None:
    giro.reason = "unreachable"

    answer = http.post(ENTRIES, {"amount": "1", "description": "x"})

    assert (answer.status, answer.json) == (
        503,
        {"error": "unavailable", "detail": "database: unreachable"},
    )
