from typing import Any

import httpx

from tests.integration.accounts import Account, ok
from tests.integration.services import Services


def report(client: httpx.Client) -> tuple[str, dict[str, Any]]:
    answer = client.get("/api/report")
    return answer.headers["X-Cache"], ok(answer)


def balance(found: dict[str, Any], account: Account) -> str:
    [mine] = [each for each in found["accounts"] if each["id"] == account.key]
    return str(mine["balance"])


def test_a_report_is_made_once_and_then_taken_from_the_cache(account: Account, backend: httpx.Client) -> None:
    ok(account.add("12.34"), 201)

    first, made = report(backend)
    second, taken = report(backend)

    assert (first, second) == ("miss", "hit")
    assert taken == made
    assert balance(made, account) == "12.34"


def test_an_entry_makes_the_next_report_a_new_one(account: Account, backend: httpx.Client) -> None:
    report(backend)
    ok(account.add("1.00"), 201)
    before = report(backend)
    ok(account.add("2.00"), 201)
    after = report(backend)

    assert [before[0], after[0]] == ["miss", "miss"]
    assert [balance(before[1], account), balance(after[1], account)] == ["1.00", "3.00"]


def test_a_report_lies_in_redis_and_not_for_ever(
    account: Account, backend: httpx.Client, services: Services
) -> None:
    ok(account.add("7.77"), 201)
    report(backend)
    generation = services.project.execute("redis", "redis-cli", "GET", "finance-report:generation").strip()
    key = f"finance-report:report:{generation}"

    kept = services.project.execute("redis", "redis-cli", "--raw", "GET", key)
    seconds = int(services.project.execute("redis", "redis-cli", "TTL", key))

    assert account.name in kept
    assert 0 < seconds <= 60


def test_what_somebody_else_wrote_into_the_cache_is_not_believed(
    account: Account, backend: httpx.Client, services: Services
) -> None:
    ok(account.add("5.00"), 201)
    report(backend)
    generation = services.project.execute("redis", "redis-cli", "GET", "finance-report:generation").strip()
    forged = "0" * 64 + '{"accounts": []}'
    services.project.execute("redis", "redis-cli", "SET", f"finance-report:report:{generation}", forged)

    state, found = report(backend)

    assert state == "miss"
    assert balance(found, account) == "5.00"
