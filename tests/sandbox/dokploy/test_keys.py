"""S12: a key's rate limit; each request is counted twice."""

from typing import Any

import pytest

from tests.sandbox.conftest import Clock
from tests.sandbox.dokploy.rig import Rig

pytestmark = pytest.mark.anyio

A_DAY = 86_400


async def made(rig: Rig, **settings: Any) -> dict[str, Any]:
    """Make a key for the owner's organization and use it from now on."""
    organization = (await rig.ok("organization.all"))[0]["id"]
    row: dict[str, Any] = await rig.ok(
        "user.createApiKey", name="limited", metadata={"organizationId": organization}, **settings
    )
    rig.key = row["key"]
    return row


async def statuses(rig: Rig, times: int) -> list[int]:
    return [(await rig.ask("project.all")).status_code for _ in range(times)]


async def test_a_key_made_without_limits_given_is_good_for_five_requests_a_day(rig: Rig) -> None:
    row = await made(rig)

    assert (row["rateLimitEnabled"], row["rateLimitMax"]) == (True, 10)
    assert await statuses(rig, 6) == [200] * 5 + [401]
    assert (await rig.ask("project.all")).json() == {"message": "Unauthorized"}


async def test_a_key_without_rate_limit_goes_on(rig: Rig) -> None:
    await made(rig, rateLimitEnabled=False)

    assert await statuses(rig, 12) == [200] * 12


async def test_a_limit_reached_between_the_two_checks_is_a_401_with_a_code(rig: Rig) -> None:
    await made(rig, rateLimitMax=3)

    assert await statuses(rig, 1) == [200]
    answer = await rig.ask("project.all")
    assert (answer.status_code, answer.json()["code"]) == (401, "UNAUTHORIZED")


async def test_a_day_of_rest_resets_the_count(rig: Rig, clock: Clock) -> None:
    await made(rig)
    assert await statuses(rig, 6) == [200] * 5 + [401]

    clock.turn(A_DAY + 1)

    assert await statuses(rig, 1) == [200]


async def test_steady_polling_never_resets_the_count(rig: Rig, clock: Clock) -> None:
    await made(rig)

    seen = []
    for _ in range(7):
        clock.turn(A_DAY / 2)
        seen += await statuses(rig, 1)

    # the idle time is measured from the last accepted request, so the day's rest comes after the denials
    assert seen == [200] * 5 + [401, 401]


async def test_an_expired_key_is_gone(rig: Rig, clock: Clock) -> None:
    await made(rig, rateLimitEnabled=False, expiresIn=A_DAY)

    clock.turn(A_DAY + 1)

    assert await statuses(rig, 1) == [401]


async def test_a_key_with_a_number_of_uses_ends_with_them(rig: Rig) -> None:
    await made(rig, rateLimitEnabled=False, remaining=4)

    assert await statuses(rig, 3) == [200, 200, 401]


async def test_a_life_under_a_day_is_refused(rig: Rig) -> None:
    organization = (await rig.ok("organization.all"))[0]["id"]
    sent = {"name": "k", "metadata": {"organizationId": organization}, "expiresIn": 60}

    await rig.refused("user.createApiKey", 500, **sent)


async def test_the_key_is_shown_once_and_kept_as_a_hash(rig: Rig) -> None:
    row = await made(rig, rateLimitEnabled=False)

    shown = await rig.ok("user.get")
    assert row["id"] in {key["id"] for key in shown["user"]["apiKeys"]}
    assert row["key"] not in str(shown)
    assert row["key"] not in str(rig.world.store.dump())


async def test_a_deleted_key_is_unauthorized_and_cannot_be_deleted_twice(rig: Rig) -> None:
    owner = rig.key
    row = await made(rig, rateLimitEnabled=False)
    rig.key = owner

    assert await rig.ok("user.deleteApiKey", apiKeyId=row["id"]) is True
    await rig.refused("user.deleteApiKey", 404, apiKeyId=row["id"])
    rig.key = row["key"]
    assert await statuses(rig, 1) == [401]


async def test_a_key_for_somebody_elses_organization_is_forbidden(rig: Rig) -> None:
    await rig.refused("user.createApiKey", 403, name="k", metadata={"organizationId": "nope"})
