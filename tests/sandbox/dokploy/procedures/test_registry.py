"""Registries."""

from typing import Any

import pytest

from tests.sandbox.dokploy.rig import Rig

pytestmark = pytest.mark.anyio

GHCR: dict[str, Any] = {
    "registryName": "ghcr",
    "username": "robot",
    "password": "s3cret-word",
    "registryUrl": "ghcr.io",
    "registryType": "cloud",
    "imagePrefix": None,
}


async def test_a_registry_is_logged_in_to_before_it_is_kept(rig: Rig) -> None:
    row = await rig.ok("registry.create", **GHCR)

    assert row["password"] == "s3cret-word"
    assert rig.docker.commands() == ["login ghcr.io -u robot -p s3cret-word"]


async def test_a_failed_login_keeps_nothing_and_hides_the_password(rig: Rig) -> None:
    rig.docker.refuse = {"login": "unauthorized: s3cret-word"}

    message = await rig.refused("registry.create", 400, **GHCR)

    assert "docker login 'ghcr.io' -u 'robot' --password-stdin" in message
    assert "s3cret-word" not in message
    assert await rig.ok("registry.all") == []


async def test_one_omits_the_password_that_all_shows(rig: Rig) -> None:
    row = await rig.ok("registry.create", **GHCR)

    assert "password" not in await rig.ok("registry.one", registryId=row["registryId"])
    assert [r["password"] for r in await rig.ok("registry.all")] == ["s3cret-word"]


async def test_an_update_is_kept_even_when_its_login_fails(rig: Rig) -> None:
    row = await rig.ok("registry.create", **GHCR)
    rig.docker.refuse = {"login": "unauthorized"}

    await rig.refused("registry.update", 400, registryId=row["registryId"], password="bad-word")

    assert (await rig.ok("registry.all"))[0]["password"] == "bad-word"
    await rig.refused("registry.testRegistryById", 400, registryId=row["registryId"])


async def test_removing_one_logs_the_host_out(rig: Rig) -> None:
    row = await rig.ok("registry.create", **GHCR)

    await rig.ok("registry.remove", registryId=row["registryId"])

    assert rig.docker.commands()[-1] == "logout ghcr.io"
    await rig.refused("registry.remove", 404, registryId=row["registryId"])


async def test_a_test_keeps_nothing(rig: Rig) -> None:
    assert await rig.ok("registry.testRegistry", **GHCR) is True
    assert await rig.ok("registry.all") == []
