import datetime as dt
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BeforeValidator, Field

from backend import money
from backend.api.values import AccountId, Body, Description
from backend.errors import Refused
from backend.ledger import Account, Entry
from backend.ledger import NewEntry as Movement
from backend.services import Services


def _as_text(value: Any) -> Any:
    # a number would be taken for seconds since 1970
    if not isinstance(value, str | dt.date):
        raise ValueError("has to be a date such as 2026-11-23")  # noqa: TRY004 - pydantic reports a ValueError
    return value


def _today() -> dt.date:
    return dt.datetime.now(dt.UTC).date()


class NewEntry(Body):
    """An entry that is to be kept; without a date it is of today (UTC)."""

    amount: Annotated[Decimal, BeforeValidator(money.exact)]
    description: Description
    date: Annotated[dt.date, BeforeValidator(_as_text), Field(default_factory=_today)]


def routes(services: Services) -> APIRouter:
    """`/accounts/{id}/entries`.

    Args:
        services: what it answers with.
    """
    router = APIRouter(prefix="/accounts/{account_id}/entries")

    @router.get("")
    def listed(
        account_id: AccountId, limit: Annotated[int, Query(ge=1, le=1000)] = 100
    ) -> list[dict[str, object]]:
        account = services.ledger.account(account_id)
        return [_shown(entry, account) for entry in services.ledger.entries(account_id, limit=limit)]

    @router.post("", status_code=201)
    def added(account_id: AccountId, new: NewEntry) -> dict[str, object]:
        account = services.ledger.account(account_id)
        if new.amount == 0:
            raise Refused("amount", "must not be zero")
        if not money.fits(new.amount, currency=account.currency):
            most = money.places(account.currency)
            raise Refused("amount", f"has more decimal places than {account.currency}, which has {most}")
        entry = services.ledger.add_entry(
            account_id, Movement(amount=new.amount, description=new.description, date=new.date)
        )
        services.cache.forget()
        return _shown(entry, account)

    return router


def _shown(entry: Entry, account: Account) -> dict[str, object]:
    return {
        "id": entry.id,
        "account_id": entry.account_id,
        "amount": money.shown(entry.amount, currency=account.currency),
        "description": entry.description,
        "date": entry.date.isoformat(),
        "created_at": entry.created_at.isoformat(),
    }
