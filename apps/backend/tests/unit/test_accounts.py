import pytest

from unit.asking import Asking
from unit.doubles import MemoryCache, MemoryLedger


def test_an_account_is_kept_and_listed_with_its_balance(http: Asking) -> None:
    added = http.post("/api/accounts", {"name": "  Giro ", "currency": "eur"})

    assert (added.status, added.json) == (
        201,
        {"id": 1, "name": "Giro", "currency": "EUR", "balance": "0.00"},
    )
    assert http.get("/api/accounts").json == [added.json]


@pytest.mark.parametrize(("currency", "balance"), [("JPY", "0"), ("KWD", "0.000"), ("CLF", "0.0000")])
def test_a_balance_has_as_many_places_as_its_currency(currency: str, balance: str, http: Asking) -> None:
    assert http.post("/api/accounts", {"name": "a", "currency": currency}).json["balance"] == balance


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["currency", "name"]),
        ({"name": " ", "currency": "EUR"}, ["name"]),
        ({"name": "a" * 101, "currency": "EUR"}, ["name"]),
        ({"name": "a\0b", "currency": "EUR"}, ["name"]),
        ({"name": "a\nb", "currency": "EUR"}, ["name"]),
        ({"name": "\ud800", "currency": "EUR"}, ["name"]),
        ({"name": 7, "currency": "EUR"}, ["name"]),
        ({"name": "a", "currency": "EUX"}, ["currency"]),
        ({"name": "a", "currency": "XAU"}, ["currency"]),
        ({"name": "a", "currency": None}, ["currency"]),
        ({"name": "a", "currency": "EUR", "balance": "7"}, ["balance"]),
        ([], ["body"]),
    ],
)
def test_what_does_not_do_is_named_and_not_kept(
    body: object, fields: list[str], http: Asking, ledger: MemoryLedger
) -> None:
    answer = http.post("/api/accounts", body)

    assert (answer.status, answer.json["error"], answer.json["fields"]) == (422, "invalid", fields)
    assert all(field in answer.json["detail"] for field in fields)
    assert ledger.kept == {}


def test_what_was_sent_is_not_repeated(http: Asking) -> None:
    assert (
        b"Canary4711"
        not in http.post("/api/accounts", {"name": ["Canary4711"], "currency": "Canary4711"}).body
    )


def test_text_that_is_no_json_is_bad_input(http: Asking) -> None:
    answer = http.send("POST", "/api/accounts", b"{", headers={"content-type": "application/json"})

    assert (answer.status, answer.json["fields"]) == (422, ["body"])


def test_a_new_account_is_in_the_next_report(http: Asking, cache: MemoryCache) -> None:
    cache.body = "{}"

    http.post("/api/accounts", {"name": "a", "currency": "EUR"})

    assert cache.body is None
