import pytest

from sandbox.engine.networks import DOKPLOY_NETWORK
from tests.sandbox.hosts import Host

JOINED = "services: {web: {image: 'postgres:17.6', networks: [env]}}\nnetworks: {env: {external: true}}\n"


def create(host: Host, *flags: str) -> None:
    assert host.run("network", "create", *flags, "env").code == 0


def network(host: Host, name: str = "env") -> dict[str, object]:
    return next(row for row in host.docker.networks() if row["Name"] == name)


def test_dokploys_own_network_is_there_from_the_start(host: Host) -> None:
    assert network(host, DOKPLOY_NETWORK)["Scope"] == "swarm"
    assert network(host, DOKPLOY_NETWORK)["Attachable"] is True


def test_dokploys_own_network_comes_back_after_a_reset(host: Host) -> None:
    host.world.store.restore({})

    host.run("network", "create", "env")

    assert network(host, DOKPLOY_NETWORK)["Driver"] == "overlay"


@pytest.mark.parametrize(("driver", "scope"), [("overlay", "swarm"), ("bridge", "local")])
def test_an_overlay_belongs_to_the_swarm_and_a_bridge_to_the_host(
    host: Host, driver: str, scope: str
) -> None:
    create(host, "--driver", driver, "--attachable", "--internal")

    shown = network(host)
    assert (shown["Scope"], shown["Attachable"], shown["Internal"]) == (scope, True, True)


def test_a_name_is_given_once(host: Host) -> None:
    create(host)

    done = host.run("network", "create", "env")

    assert (done.code, done.text) == (1, "Error response from daemon: network with name env already exists")


def test_a_network_without_users_is_removed_by_name_or_id(host: Host) -> None:
    create(host)
    assert host.run("network", "rm", "env").lines == ["env"]
    create(host)
    assert host.run("network", "rm", str(network(host)["Id"])).lines == ["env"]
    assert host.run("network", "rm", "env").text == "Error response from daemon: network env not found"


def test_a_running_container_holds_a_network_and_a_stopped_one_does_not(host: Host) -> None:
    create(host, "--driver", "overlay", "--attachable")
    host.up("app", JOINED)

    done = host.run("network", "rm", "env")
    assert done.code == 1
    assert 'network env has active endpoints (name:"app-web-1" id:"' in done.text

    host.run("compose", "-p", "app", "stop")
    assert host.run("network", "rm", "env").code == 0


def test_a_service_holds_a_network(host: Host) -> None:
    create(host, "--driver", "overlay")
    host.deploy("app", JOINED)

    done = host.run("network", "rm", "env")

    assert done.code == 1
    assert f"is in use by service {host.docker.services()[0]['id']}" in done.text
