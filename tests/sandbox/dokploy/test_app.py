"""The emulator as a part of the sandbox."""

import pytest

from sandbox.dokploy import create_app, seed_key
from sandbox.dokploy.procedures import PROCEDURES
from sandbox.world import World
from tests.sandbox.dokploy.rig import Rig
from tests.sandbox.dokploy.stubs import YesDocker

pytestmark = pytest.mark.anyio


async def test_a_seeded_key_is_seeded_once(rig: Rig) -> None:
    before = rig.world.store.dump()["dokploy.user"]

    seed_key(rig.world, rig.key)

    assert rig.world.store.dump()["dokploy.user"] == before
    assert len((await rig.ok("user.get"))["user"]["apiKeys"]) == 1


async def test_state_survives_the_process(rig: Rig) -> None:
    compose = await rig.compose()
    await rig.deploy(compose)

    rig.restart()

    assert (await rig.ok("compose.one", composeId=compose["composeId"]))["composeStatus"] == "done"
    assert len(await rig.records(compose)) == 1


async def test_all_state_is_in_tables_of_this_part(rig: Rig) -> None:
    await rig.deploy(await rig.compose())

    assert all(name.startswith("dokploy.") for name in rig.world.store.tables())


def test_a_second_app_on_an_empty_store_needs_no_seed(world: World) -> None:
    create_app(world, YesDocker())


def test_each_procedure_has_one_verb_and_a_name_with_its_router() -> None:
    assert all(p.method in ("GET", "POST") and p.name.count(".") == 1 for p in PROCEDURES.values())
