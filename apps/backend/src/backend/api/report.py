import datetime as dt
import json
from collections import defaultdict
from decimal import Decimal

from fastapi import APIRouter
from starlette.responses import Response

from backend import money
from backend.api.accounts import shown
from backend.services import Services


def routes(services: Services) -> APIRouter:
    """`/report`.

    Args:
        services: what it answers with.
    """
    router = APIRouter(prefix="/report")

    @router.get("", response_class=Response)
    def report() -> Response:
        cached = services.cache.read()
        body = cached.body
        if body is None:
            body = json.dumps(_made(services), ensure_ascii=False)
            services.cache.keep(body, generation=cached.generation)
        return Response(
            body,
            media_type="application/json",
            headers={"X-Cache": "miss" if cached.body is None else "hit", "Cache-Control": "no-store"},
        )

    return router


def _made(services: Services) -> dict[str, object]:
    balances = services.ledger.balances()
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for balance in balances:
        totals[balance.account.currency] += balance.amount
    return {
        "made_at": dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds"),
        "accounts": [{**shown(balance), "entries": balance.entries} for balance in balances],
        "totals": [
            {"currency": currency, "balance": money.shown(total, currency=currency)}
            for currency, total in sorted(totals.items())
        ],
    }
