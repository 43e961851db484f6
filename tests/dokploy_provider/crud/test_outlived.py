"""S9: what a destroy left is not forgotten by a refresh."""

from types import ModuleType

import pytest

from dokploy_provider.crud import application, compose
from dokploy_provider.errors import LeftBehind
from tests.dokploy_provider.crud.test_teardown import APP, GONE, IMAGE, STATE, scripted_host
from tests.dokploy_provider.scripted import missing
from tests.dokploy_provider.stage import Stage
from tests.dokploy_provider.tier import Tier


@pytest.mark.parametrize("noun", [compose, application], ids=["compose", "application"])
def test_s9_a_refresh_keeps_what_left_a_container_so_that_a_destroy_fails_again(noun: ModuleType) -> None:
    stays = [{"name": f"{APP}-backend-1", "state": "running"}]
    server = scripted_host().on("compose.one", GONE).on("application.one", missing("application.one"))
    server.on("docker.getContainers", stays)
    seen = noun.read(server.here(), "c1", STATE)

    assert seen is not None
    assert seen.outs["drift"] == [
        f"deleted at Dokploy, left on its host: container {APP}-backend-1 (running)"
    ]
    with pytest.raises(LeftBehind):
        noun.delete(server.here(), "c1", {**STATE, **seen.outs})
    with pytest.raises(LeftBehind, match="pulumi up --refresh"):
        noun.update(server.here(), "c1", {**STATE, **seen.outs}, None)


@pytest.mark.parametrize("noun", [compose, application], ids=["compose", "application"])
def test_s9_a_refresh_bears_containers_that_end_soon_after_a_delete_and_removes_nothing(
    noun: ModuleType,
) -> None:
    ending = [{"name": f"{APP}_backend.1.abc", "state": "running"}]
    server = scripted_host().on("compose.one", GONE).on("application.one", missing("application.one"))
    server.on("docker.getContainers", ending, []).on("dockerImage.getImages", [IMAGE])

    assert noun.read(server.here(), "c1", STATE) is None
    assert server.time.slept == [10.0]
    assert not server.asked("dockerImage.getImages")


def test_s9_on_the_emulator_a_destroy_after_a_refresh_fails_until_it_is_really_gone(stage: Stage) -> None:
    tier = Tier(stage)
    tier.up("v1.0.0")
    name = str(tier.compose.outs["app_name"])
    stage.dokploy.world.faults.add(part="engine", path=name, kind="container-stays")
    with pytest.raises(LeftBehind):
        tier.compose.destroy()
    assert "drift" in tier.compose.refresh()
    with pytest.raises(LeftBehind, match=f"container {name}-backend-1"):
        tier.compose.destroy()
