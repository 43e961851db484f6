from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import AfterValidator, BeforeValidator

from backend import money
from backend.api.values import Body, Name
from backend.ledger import Account, Balance
from backend.services import Services


def _upper(text: Any) -> Any:
    return text.strip().upper() if isinstance(text, str) else text


def _in_use(code: str) -> str:
    if money.places(code) is None:
        raise ValueError("has to be the ISO 4217 code of a currency in use, such as EUR")
    return code


class NewAccount(Body):
    """An account that is to be kept."""

    name: Name
    currency: Annotated[str, BeforeValidator(_upper), AfterValidator(_in_use)]


def shown(balance: Balance) -> dict[str, object]:
    """An account with its balance, as JSON.

    Args:
        balance: of the account.
    """
    account = balance.account
    return {
        "id": account.id,
        "name": account.name,
        "currency": account.currency,
        "balance": money.shown(balance.amount, currency=account.currency),
    }


def routes(services: Services) -> APIRouter:
    """`/accounts`.

    Args:
        services: what it answers with.
    """
    router = APIRouter(prefix="/accounts")

    @router.get("")
    def listed() -> list[dict[str, object]]:
        return [shown(balance) for balance in services.ledger.balances()]

    @router.post("", status_code=201)
    def added(new: NewAccount) -> dict[str, object]:
        account = services.ledger.add_account(name=new.name, currency=new.currency)
        services.cache.forget()
        return shown(_empty(account))

    return router


def _empty(account: Account) -> Balance:
    return Balance(account=account, amount=Decimal(0), entries=0)
