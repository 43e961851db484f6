from tests.integration.accounts import Account, ok
from tests.integration.services import Services


def test_amounts_come_back_as_they_were_sent_and_add_up_exactly(account: Account) -> None:
    for amount in ("0.10", "0.20", "-1234567890.12"):
        ok(account.add(amount), 201)

    assert {entry["amount"] for entry in account.entries()} == {"0.10", "0.20", "-1234567890.12"}
    assert account.balance() == "-1234567889.82"


def test_an_amount_lies_in_the_database_as_a_decimal(account: Account, services: Services) -> None:
    ok(account.add("0.1"), 201)

    kept = services.sql(f"SELECT pg_typeof(amount), amount FROM entries WHERE account_id = {account.key}")

    assert kept == ["numeric|0.1000"]


def test_the_smallest_unit_is_the_currencys_own(services: Services) -> None:
    with services.client("backend") as backend:
        yen = Account.opened(backend, currency="JPY")

        assert ok(yen.add("100"), 201)["amount"] == "100"
        assert "JPY" in ok(yen.add("0.5"), 422)["detail"]


def test_what_cannot_be_kept_is_refused_by_its_field_and_nothing_of_it_is_kept(account: Account) -> None:
    refused = ok(account.add("a lot"), 422)

    assert refused["fields"] == ["amount"]
    assert account.entries() == []


def test_an_account_that_is_not_there_is_not_found(account: Account) -> None:
    nobody = Account(client=account.client, key=10**15, name="")

    assert ok(nobody.add("1"), 404) == {"error": "not_found", "detail": f"there is no account {10**15}"}
