import inspect
import json
from collections.abc import Sequence

import pytest

from sandbox.engine import DockerHost
from sandbox.engine.host import SimulatedDocker
from sandbox.registry import RegistryStore
from sandbox.world import World
from tests.sandbox.hosts import Host

SECRET = "canary-7f3a"  # what must not be found
TEXT = "services: {web: {image: 'postgres:17.6', environment: {PASSWORD: '${PASSWORD}', PLAIN: x}}}"


def test_it_answers_every_call_of_a_docker_host() -> None:
    asked = {name: call for name, call in vars(DockerHost).items() if not name.startswith("_")}

    assert asked
    for name, call in asked.items():
        assert inspect.signature(getattr(SimulatedDocker, name)) == inspect.signature(call), name


def test_v1_no_variables_value_is_in_the_tables(host: Host) -> None:
    host.up("app", TEXT, files={".env": f'PASSWORD="{SECRET}"\n'})
    host.deploy("other", TEXT, env={"PASSWORD": SECRET})

    tables = host.docker.tables()

    assert SECRET not in json.dumps(tables)
    assert ["PASSWORD", "PLAIN"] == tables["containers"][0]["env"] == tables["services"][0]["env"]
    assert f"PASSWORD={SECRET}" in host.container("app-web-1")["Config"]["Env"]


def test_everything_survives_a_restart(host: Host, world: World) -> None:
    host.up("app", TEXT)
    host.deploy("other", TEXT)

    again = SimulatedDocker(world, RegistryStore(world))

    assert again.tables() == host.docker.tables()
    assert again.containers("app", "docker-compose") == host.docker.containers("app", "docker-compose")


def test_the_same_commands_give_the_same_ids(
    host: Host, tmp_path_factory: pytest.TempPathFactory, world: World
) -> None:
    host.up("app", TEXT)
    first = host.container("app-web-1")["Id"]
    world.store.restore({})

    again = Host(world, tmp_path_factory.mktemp("again"))
    again.registry.publish("docker.io/library/postgres:17.6", {})
    again.up("app", TEXT)

    assert again.container("app-web-1")["Id"] == first


def test_a_container_is_found_by_the_part_of_its_name_that_dokploy_knows(host: Host) -> None:
    host.up("app-x1", TEXT)
    host.up("other", TEXT)

    rows = host.docker.containers("app-x1", "docker-compose")

    shown = host.container("app-x1-web-1")
    assert rows == [
        {
            "containerId": shown["Id"][:12],
            "name": "app-x1-web-1",
            "state": "running",
            "status": "Up Less than a second",
        }
    ]
    assert host.docker.inspect(rows[0]["containerId"]) == shown
    assert host.docker.inspect("gone") is None
    assert host.docker.inspect("") is None


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["frobnicate"], "docker: unknown command: docker frobnicate"),
        (["compose", "-p", "app", "frobnicate"], 'unknown docker command: "compose frobnicate"'),
        (["compose", "up", "--foo"], "unknown flag: --foo"),
        (["compose", "-p"], "flag needs an argument: --project-name"),
        (["compose", "-p", "app", "up", "-x"], "unknown shorthand flag: -x"),
        (["compose", "-p", "app", "up", "-d"], "no configuration file provided: not found"),
        (["stack", "ls"], 'unknown docker command: "stack ls"'),
        (["network", "prune"], 'unknown docker command: "network prune"'),
    ],
)
def test_what_it_does_not_know_it_refuses(host: Host, words: Sequence[str], said: str) -> None:
    done = host.run(*words)

    assert (done.code, done.text) == (1, said)


def test_nothing_at_all_is_refused(host: Host) -> None:
    assert host.run().code == 1
    assert host.run("network", "create").code == 1


def test_only_who_knows_the_password_logs_in(world: World) -> None:
    docker = Host(world, world.root)
    docker.docker = SimulatedDocker(
        world, docker.registry, login=lambda user, password: (user, password) == ("strata", "right")
    )
    docker.run("logout", "ghcr.io")

    wrong = docker.run("login", "ghcr.io", "-u", "strata", "-p", "wrong")
    image = docker.publish("v1")

    assert wrong.code == 1
    assert "unauthorized" in wrong.text
    assert "wrong" not in wrong.text
    assert docker.run("pull", image).code == 1
    assert docker.run("login", "ghcr.io", "-u", "strata", "-p", "right").lines == ["Login Succeeded"]
    assert docker.run("pull", image).code == 0
