import pytest
import yaml

from sandbox.dokploy import seed_key
from tests.sandbox.dokploy.rig import Rig

pytestmark = pytest.mark.anyio


async def test_the_version_is_the_one_that_was_measured(rig: Rig) -> None:
    assert await rig.ok("settings.getDokployVersion") == "v0.30.2"


async def test_traefiks_configuration_is_text_that_names_the_certificate_resolver(rig: Rig) -> None:
    config = yaml.safe_load(await rig.ok("settings.readTraefikConfig"))

    assert list(config["certificatesResolvers"]) == ["letsencrypt"]


async def test_a_member_without_the_permission_does_not_read_traefiks_configuration(rig: Rig) -> None:
    seed_key(rig.world, "member", role="member", permissions={})
    rig.key = "member"

    await rig.refused("settings.readTraefikConfig", 401)
