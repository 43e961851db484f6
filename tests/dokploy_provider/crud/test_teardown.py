"""S9: a destroy leaves nothing, or says what."""

from typing import Any

import pytest

from dokploy_provider.crud import compose, teardown
from dokploy_provider.errors import DokployError, Forbidden, LeftBehind
from tests.dokploy_provider.crud.test_compose import ROW
from tests.dokploy_provider.nouns import COMPOSE
from tests.dokploy_provider.scripted import Scripted, missing, refusal
from tests.dokploy_provider.stage import OWNER, Stage
from tests.dokploy_provider.tier import Tier

APP = "finance-report-pr-12-abc123"
STATE = {"owner": f"{OWNER}/app", "app_name": APP, "delete_volumes": True}
GONE = missing("compose.one")
EMPTY: dict[str, Any] = {
    "docker.getContainersByAppNameMatch": [],
    "docker.getContainers": [],
    "network.networksToSync": {"importable": [], "missing": []},
    "dockerImage.getImages": [],
    "dockerVolume.getVolumes": [],
}
IMAGE = {"Repository": f"{APP}-backend", "Tag": "latest", "ID": "0123456789ab"}
VOLUME = {"Name": "finance-report-pr-12-postgres", "Labels": f"a=b,com.docker.compose.project={APP}"}


def scripted_host(**answers: Any) -> Scripted:
    server = Scripted().on("compose.one", ROW).on("compose.cleanQueues", {}).on("compose.delete", ROW)
    for procedure, answer in EMPTY.items():
        server.on(procedure, answer)
    return server


def _delete(server: Scripted, **state: Any) -> None:
    compose.delete(server.here(), "c1", {**STATE, **state})


def test_the_queue_is_cleared_before_the_delete_and_the_host_looked_at_after() -> None:
    server = scripted_host()
    _delete(server)
    names = [name for name, _ in server.requests]

    assert (
        names.index("compose.cleanQueues")
        < names.index("compose.delete")
        < names.index("docker.getContainers")
    )


def test_the_host_is_looked_at_twice_with_ten_seconds_between() -> None:
    server = scripted_host()
    _delete(server)

    assert len(server.asked("docker.getContainers")) == 2
    assert server.time.slept == [10.0]


def test_a_container_of_a_stack_that_ends_within_the_time_is_waited_for() -> None:
    ending = [{"containerId": "x", "name": f"{APP}_backend.1.abc", "state": "running"}]
    server = scripted_host().on("docker.getContainers", ending, [], [])
    _delete(server)

    assert len(server.asked("docker.getContainers")) == 3


def test_a_container_that_stays_fails_the_destroy_and_is_named() -> None:
    stays = [{"containerId": "x", "name": "custom-name", "state": "running"}]
    with pytest.raises(LeftBehind, match="custom-name") as caught:
        _delete(scripted_host().on("docker.getContainersByAppNameMatch", stays))

    assert caught.value.left == ("container custom-name (running)",)


def test_every_kind_of_left_over_is_listed() -> None:
    server = (
        scripted_host()
        .on("docker.getContainers", [{"name": f"{APP}-backend-1", "state": "exited"}])
        .on("network.networksToSync", {"importable": [{"name": f"{APP}_default"}]})
    )
    with pytest.raises(LeftBehind) as caught:
        _delete(server)

    assert caught.value.left == (f"container {APP}-backend-1 (exited)", f"network {APP}_default")


def test_another_apps_things_are_no_left_overs() -> None:
    other = "finance-report-pr-12-zzz999"
    server = (
        scripted_host()
        .on("docker.getContainers", [{"name": f"{other}-backend-1", "state": "running"}])
        .on("network.networksToSync", {"importable": [{"name": f"{other}_default"}]})
        .on("dockerImage.getImages", [{**IMAGE, "Repository": f"{other}-backend"}])
        .on("dockerVolume.getVolumes", [{"Name": f"{other}_data", "Labels": ""}])
    )
    _delete(server)

    assert not server.asked("dockerImage.removeImage")
    assert not server.asked("dockerVolume.removeVolume")


def test_images_built_for_it_are_removed() -> None:
    server = scripted_host().on("dockerImage.getImages", [IMAGE], []).on("dockerImage.removeImage", True)
    _delete(server)

    assert server.asked("dockerImage.removeImage") == [
        {"repository": f"{APP}-backend", "tag": "latest", "id": "0123456789ab"}
    ]


def test_an_image_that_lost_its_name_to_a_rebuild_is_known_by_its_label() -> None:
    nameless = {"Repository": "<none>", "Tag": "<none>"}
    mine, other = {**nameless, "ID": "0123456789ab"}, {**nameless, "ID": "ba9876543210"}
    labels = {"com.docker.compose.project": APP, "com.docker.compose.service": "backend"}
    server = scripted_host().on("dockerImage.getImages", [mine, other], [other])
    server.on("dockerImage.getImageConfig", {"Config": {"Labels": labels}}, {"Config": {"Labels": None}})
    server.on("dockerImage.removeImage", True)
    _delete(server)

    assert server.asked("dockerImage.removeImage") == [
        {"repository": "<none>", "tag": "<none>", "id": "0123456789ab"}
    ]


def test_an_image_that_cannot_be_removed_is_named() -> None:
    used = refusal("dockerImage.removeImage", 400, "image is being used")
    server = scripted_host().on("dockerImage.getImages", [IMAGE]).on("dockerImage.removeImage", used)
    with pytest.raises(LeftBehind, match=f"image {APP}-backend:latest"):
        _delete(server)


def test_volumes_are_removed_only_when_asked() -> None:
    server = scripted_host().on("dockerVolume.getVolumes", [VOLUME], []).on("dockerVolume.removeVolume", True)
    _delete(server, delete_volumes=False)
    assert not server.asked("dockerVolume.getVolumes")
    _delete(server)

    assert server.asked("dockerVolume.removeVolume") == [{"volumeName": VOLUME["Name"]}]
    assert [body["deleteVolumes"] for body in server.asked("compose.delete")] == [False, True]


def test_a_running_deployment_is_waited_for() -> None:
    running = {**ROW, "deployments": [{"deploymentId": "d1", "status": "running"}]}
    server = scripted_host().on("compose.one", ROW, ROW, running, running, ROW)
    _delete(server)
    names = [name for name, _ in server.requests]

    assert names[: names.index("compose.delete")].count("compose.one") == 5


def test_a_deployment_that_never_ends_fails_the_destroy_before_anything_is_deleted() -> None:
    running = {**ROW, "deployments": [{"deploymentId": "d1", "status": "running"}]}
    server = scripted_host().on("compose.one", running)
    with pytest.raises(DokployError, match="d1 still runs after 900 s"):
        _delete(server)

    assert not server.asked("compose.delete")


def test_gone_already_is_success_but_its_left_overs_are_looked_for() -> None:
    server = scripted_host().on("compose.one", GONE)
    server.on("docker.getContainers", [{"name": f"{APP}-backend-1", "state": "running"}])
    with pytest.raises(LeftBehind):
        _delete(server)

    assert not server.asked("compose.delete")


def test_a_list_that_this_dokploy_does_not_know_is_left_out(caplog: pytest.LogCaptureFixture) -> None:
    teardown._not_checked.cache_clear()
    server = scripted_host()
    del server.answers["dockerImage.getImages"]
    _delete(server)

    assert "dockerImage.getImages" in caplog.text


def test_a_key_that_may_not_look_fails_the_destroy() -> None:
    server = scripted_host().on(
        "docker.getContainers", refusal("docker.getContainers", 401, "no", "UNAUTHORIZED")
    )
    with pytest.raises(Forbidden):
        _delete(server)


def test_on_the_emulator_a_container_that_stays_is_named_until_someone_removes_it(stage: Stage) -> None:
    tier = Tier(stage)
    tier.up("v1.0.0")
    name = str(tier.compose.outs["app_name"])
    stage.dokploy.world.faults.add(part="engine", path=name, kind="container-stays")
    with pytest.raises(LeftBehind, match=f"container {name}-backend-1"):
        tier.compose.destroy()

    assert COMPOSE.count(stage) == 0


def test_a_destroy_during_a_deployment_waits_for_it(stage: Stage) -> None:
    tier = Tier(stage)
    tier.inputs("v1.0.0")
    stage.dokploy.world.pace.build = 0.2
    stage.dokploy.do("compose.deploy", composeId=tier.id, title="a build")
    tier.compose.destroy()

    assert not stage.dokploy.docker.tables()["containers"]


def test_s9_on_the_emulator_nothing_is_left_of_what_was_built_twice(stage: Stage) -> None:
    made = stage.resource(COMPOSE)
    for number in (1, 2):
        text = (
            "services:\n  web:\n    build:\n      context: .\n"
            f"      dockerfile_inline: |\n        FROM scratch\n        LABEL build={number}\n"
            "    volumes: ['data:/data']\nvolumes:\n  data: {}\n"
        )
        made.up({**COMPOSE.inputs(stage), "compose_file": text, "delete_volumes": True})
        stage.dokploy.do("compose.deploy", composeId=made.id)
        stage.dokploy.idle()
    before = stage.dokploy.docker.tables()
    assert [len(before[kind]) for kind in ("containers", "images", "volumes")] == [1, 2, 1]

    made.destroy()

    after = stage.dokploy.docker.tables()
    assert [after[kind] for kind in ("containers", "images", "volumes")] == [[], [], []]
    assert [network["Name"] for network in after["networks"]] == ["dokploy-network"]
