"""The host on a real Engine: what Dokploy's commands do there, and what it shows of it."""

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from sandbox.docker import connection
from sandbox.engine.networks import DOKPLOY_NETWORK
from sandbox.ingress import create_app
from sandbox.ingress.proxy import Proxy
from sandbox.registry.manifests import host_architecture
from sandbox.world import World
from tests.sandbox.calls import Caller
from tests.sandbox.docker.conftest import PASSWORD, PATIENCE, Rig
from tests.sandbox.hosts import Host
from tests.sandbox.ingress.conftest import labels

pytestmark = [pytest.mark.docker, pytest.mark.xdist_group("containers")]

SMALL = "ghcr.io/strata/small"
PROJECT = f"""
services:
  web:
    image: {SMALL}:v1
    init: true
    environment: {{SECRET: canary}}
    volumes: ["data:/data"]
    networks: {{default: {{aliases: [the-web]}}}}
volumes:
  data: {{}}
"""
STACK = f"""
services:
  backend:
    image: ${{IMAGE:?}}
    init: true
    environment: {{VERSION: v1}}
    networks: [{DOKPLOY_NETWORK}]
    deploy:
      replicas: 2
      labels: {labels("r")}
      update_config: {{order: start-first, failure_action: rollback, monitor: 2s}}
networks:
  {DOKPLOY_NETWORK}: {{external: true}}
"""


def soon(found: Callable[[], Any]) -> Any:
    """What is found, as soon as it is something."""
    deadline = time.monotonic() + PATIENCE
    while not (value := found()):
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.1)
    return value


def keys(tables: dict[str, list[dict[str, Any]]]) -> dict[str, set[str]]:
    return {name: set(rows[0]) for name, rows in tables.items() if rows}


def test_a_project_from_the_mirror_is_shown_by_the_names_that_people_wrote(rig: Rig) -> None:
    done = rig.up(rig.name, PROJECT, "--wait")

    assert done.code == 0, done.text
    assert rig.mirror.host not in done.text
    (row,) = rig.docker.containers(rig.name, "docker-compose")
    assert (row["name"], row["state"]) == (f"{rig.name}-web-1", "running")
    assert row["status"].endswith("(healthy)")
    shown = rig.docker.inspect(row["containerId"])
    assert shown is not None
    assert shown["Config"]["Image"] == f"{SMALL}:v1"
    tables = rig.docker.tables()
    (container,) = tables["containers"]
    assert (container["image"], container["health"], container["kind"]) == (
        f"{SMALL}:v1",
        "healthy",
        "docker-compose",
    )
    assert "the-web" in container["networks"][f"{rig.name}_default"]
    assert "SECRET" in container["env"]
    assert "canary" not in str(tables)
    assert [v["Name"] for v in tables["volumes"]] == [f"{rig.name}_data"]
    assert {n["Name"] for n in tables["networks"]} == {DOKPLOY_NETWORK, f"{rig.name}_default"}
    assert any(f"{SMALL}:v1" in image["RepoTags"] for image in tables["images"])


def test_c7_rows_have_the_shape_of_the_simulated_engines(rig: Rig, world: World, tmp_path: Any) -> None:
    simulated = Host(world, tmp_path)
    simulated.registry.publish(f"{SMALL}:v1", {})
    for app, text in (
        (f"{rig.name}-c", PROJECT),
        (f"{rig.name}-s", STACK.replace("${IMAGE:?}", f"{SMALL}:v1")),
    ):
        if app.endswith("-c"):
            simulated.up(app, text)
            assert rig.up(app, text).code == 0
        else:
            simulated.deploy(app, text)
            assert rig.deploy(app, text).code == 0

    real, wanted = keys(rig.docker.tables()), keys(simulated.docker.tables())

    assert real.keys() == wanted.keys()
    for name, columns in wanted.items():
        assert columns - real[name] <= {"task_hash"}, name
    for kind, app in (("docker-compose", f"{rig.name}-c"), ("stack", f"{rig.name}-s")):
        assert keys({"": rig.docker.containers(app, kind)}) == keys(
            {"": simulated.docker.containers(app, kind)}
        )
    assert keys({"": rig.docker.tasks(f"{rig.name}-s")}) == keys(
        {"": simulated.docker.tasks(f"{rig.name}-s")}
    )


# this machine's own bridges, on which Docker's containers are
@pytest.mark.allow_hosts(["127.0.0.1", "localhost", "172.16.0.0/12", "192.168.0.0/16"])
def test_a_stack_is_reached_through_the_ingress_and_rolls(rig: Rig) -> None:
    assert rig.deploy(rig.name, STACK, IMAGE=f"{SMALL}:v1").code == 0
    routes = rig.docker.routes
    app = create_app(rig.world, rig.docker, Proxy(routes.address), tables=routes.tables)
    ingress = Caller(app, base_url="http://report.example")

    assert soon(lambda: (a := ingress.get("/version")).is_success and a.text) == "v1\n"
    tasks = rig.docker.tasks(rig.name)
    assert [task["name"] for task in tasks] == [f"{rig.name}_backend.{slot}" for slot in (1, 2)]
    assert {task["currentState"].split()[0] for task in tasks} == {"Running"}
    assert rig.docker.tasks(rig.name, service=f"{rig.name}_backend") == tasks

    done = rig.deploy(rig.name, STACK, IMAGE=f"{SMALL}:v2")

    assert done.code == 0, done.text
    assert "could not be accessed on a registry" not in done.text
    # as long as Swarm has not been asked again, it leads to those that are gone
    soon(lambda: {ingress.get("/version").text for _ in range(4)} == {"v2\n"})
    running = rig.docker.containers(rig.name, "stack")
    assert {
        str((rig.docker.inspect(r["containerId"]) or {})["Config"]["Image"])[: len(SMALL) + 3]
        for r in running
    } == {f"{SMALL}:v2"}
    (service,) = rig.docker.tables()["services"]
    assert (service["running"], service["update"]["state"]) == (2, "completed")


def pushed_index(rig: Rig, repository: str, tag: str) -> str:
    """Push an index of one image, as Engines with the containerd image store do it; its digest."""
    manifests = f"https://{rig.mirror.host}/v2/{repository}/manifests"
    kind = "application/vnd.docker.distribution.manifest.list.v2+json"
    with httpx.Client(verify=False, trust_env=False, auth=("strata", PASSWORD), timeout=PATIENCE) as client:
        image = client.get(f"{manifests}/{tag}").raise_for_status()
        child = {
            "mediaType": image.headers["content-type"],
            "digest": image.headers["docker-content-digest"],
            "size": len(image.content),
            "platform": {"os": "linux", "architecture": host_architecture()},
        }
        body = json.dumps({"schemaVersion": 2, "mediaType": kind, "manifests": [child]})
        put = client.put(f"{manifests}/list", content=body, headers={"Content-Type": kind})
        return str(put.raise_for_status().headers["docker-content-digest"])


def test_d4_what_runs_from_an_index_is_known_by_the_indexs_digest(rig: Rig) -> None:
    digest = pushed_index(rig, SMALL, "v1")

    done = rig.up(rig.name, PROJECT.replace(f"{SMALL}:v1", f"{SMALL}@{digest}"), "--wait")

    assert done.code == 0, done.text
    (row,) = rig.docker.containers(rig.name, "docker-compose")
    shown = rig.docker.inspect(row["containerId"])
    assert shown is not None
    assert shown["Config"]["Image"] == f"{SMALL}@{digest}"
    (image,) = [image for image in rig.docker.images() if image["Id"] == shown["Image"]]
    assert f"{SMALL}@{digest}" in image["RepoDigests"]


def test_an_image_that_is_not_there_fails_in_dockers_words(rig: Rig) -> None:
    done = rig.up(rig.name, PROJECT.replace(":v1", ":v9"))

    assert done.code != 0
    assert "manifest unknown" in done.text


@pytest.mark.parametrize(
    ("password", "code", "said"), [(PASSWORD, 0, "Login Succeeded"), ("no", 1, "nauthorized")]
)
def test_dokploys_login_is_one_to_the_sandboxs_registry(
    rig: Rig, password: str, code: int, said: str
) -> None:
    done = rig.run("login", "ghcr.io", "-u", "strata", "-p", password)

    assert done.code == code, done.text
    assert said in done.text
    assert "insecure" not in done.text  # Docker's word on a password among the arguments


def test_other_peoples_projects_are_neither_shown_nor_cleared(rig: Rig) -> None:
    client = connection.connect()
    theirs = client.create_network(f"{rig.name}-theirs")["Id"]
    try:
        rig.up(rig.name, PROJECT)
        rig.run("network", "create", "--driver", "overlay", "--attachable", f"{rig.name}-own")
        assert {n["Name"] for n in rig.docker.networks()} >= {f"{rig.name}-own", f"{rig.name}_default"}
        assert f"{rig.name}-theirs" not in {n["Name"] for n in rig.docker.networks()}

        assert rig.clear() == []

        assert rig.docker.belongings.has_app(rig.name)
        names = {network["Name"] for network in client.networks()}
        assert f"{rig.name}-theirs" in names
        assert f"{rig.name}-own" not in names
        assert DOKPLOY_NETWORK in names
    finally:
        client.remove_network(theirs)
        client.close()


def test_what_was_there_under_the_same_name_does_not_become_the_sandboxs(rig: Rig) -> None:
    client = connection.connect()
    name = f"{rig.name}-theirs"
    network = client.create_network(name)["Id"]
    client.create_volume(name)
    try:
        assert rig.run("network", "create", name).code == 1
        assert rig.run("volume", "create", name).code == 0
        rig.run("volume", "create", f"{rig.name}-own")
        assert [v["Name"] for v in rig.docker.volumes()] == [f"{rig.name}-own"]

        assert rig.clear() == []

        assert [n["Id"] for n in client.networks(names=[name])] == [network]
        volumes = {v["Name"] for v in client.volumes()["Volumes"]}
        assert name in volumes
        assert f"{rig.name}-own" not in volumes
    finally:
        client.remove_network(network)
        client.remove_volume(name)
        client.close()


@pytest.mark.parametrize("label", ["com.docker.compose.project", "com.docker.stack.namespace"])
def test_a_project_or_stack_of_somebody_else_is_not_deployed_over(rig: Rig, label: str) -> None:
    client = connection.connect()
    network = client.create_network(f"{rig.name}_default", labels={label: rig.name})["Id"]
    try:
        for done in (rig.up(rig.name, PROJECT), rig.deploy(rig.name, STACK, IMAGE=f"{SMALL}:v1")):
            assert done.code == 1
            assert f"{rig.name} is a compose project, stack or service" in done.text

        assert not rig.docker.belongings.has_app(rig.name)
        assert rig.clear() == []
        assert [n["Id"] for n in client.networks(ids=[network])] == [network]
    finally:
        client.remove_network(network)
        client.close()


def test_clearing_leaves_nothing_of_a_stack_that_runs(rig: Rig) -> None:
    rig.deploy(rig.name, STACK, IMAGE=f"{SMALL}:v1")
    rig.up(f"{rig.name}-data", PROJECT)

    asyncio.run(asyncio.wait_for(rig.docker.clear(), PATIENCE))

    tables = rig.docker.tables()
    assert (tables["containers"], tables["services"], tables["volumes"], tables["tasks"]) == ([], [], [], [])
    assert [n["Name"] for n in tables["networks"]] == [DOKPLOY_NETWORK]


def test_a_network_in_use_is_not_removed_in_dockers_words(rig: Rig) -> None:
    rig.up(rig.name, PROJECT)

    done = rig.run("network", "rm", f"{rig.name}_default")

    assert done.code == 1
    assert "has active endpoints" in done.text
    assert rig.run("network", "create", f"{rig.name}_default").text.endswith("already exists")
    assert f"{rig.name}_default" not in rig.world.store.table("docker.networks")


def test_a_command_that_is_given_up_ends(rig: Rig) -> None:
    rig.up(rig.name, PROJECT)
    (row,) = rig.docker.containers(rig.name, "docker-compose")

    async def work() -> None:
        following = asyncio.create_task(rig.running("container", "logs", "--follow", row["containerId"]))
        while not rig.docker.commands:  # noqa: ASYNC110 - a process's start has no event of ours
            await asyncio.sleep(0.01)
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)

    asyncio.run(asyncio.wait_for(work(), PATIENCE))

    assert rig.docker.commands == 0


def test_docker_that_is_not_installed_is_said(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(rig.place))

    done = rig.run("version")

    assert (done.code, done.lines) == (127, ["docker: command not found"])
