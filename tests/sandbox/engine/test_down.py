from sandbox.engine.networks import DOKPLOY_NETWORK
from tests.sandbox.hosts import Host

NAMED = """
services:
  web: {image: "docker.io/library/postgres:17.6", volumes: ["own:/a", "named:/b"]}
volumes: {own: , named: {name: shared}}
"""


def down(host: Host, app: str, *flags: str) -> list[str]:
    done = host.run("compose", "-p", app, "down", *flags, "--remove-orphans")
    assert done.code == 0
    return done.lines


def volumes(host: Host) -> list[str]:
    return [volume["Name"] for volume in host.docker.volumes()]


def test_down_takes_containers_and_networks_and_leaves_volumes(host: Host) -> None:
    host.up("app", NAMED)

    lines = down(host, "app")

    assert lines == [
        " Container app-web-1 Stopping ",
        " Container app-web-1 Stopped ",
        " Container app-web-1 Removing ",
        " Container app-web-1 Removed ",
        " Network app_default Removing ",
        " Network app_default Removed ",
    ]
    assert host.states("app") == {}
    assert [n["Name"] for n in host.docker.networks()] == [DOKPLOY_NETWORK]
    assert volumes(host) == ["app_own", "shared"]


def test_down_with_volumes_takes_those_that_the_project_made(host: Host) -> None:
    host.up("first", NAMED)
    down(host, "first")
    host.up("second", NAMED)

    down(host, "second", "--volumes")

    assert volumes(host) == ["first_own", "shared"]
    down(host, "first", "--volumes")
    assert volumes(host) == []


def test_a_volume_that_another_project_mounts_stays(host: Host) -> None:
    host.up("first", NAMED)
    host.up("second", NAMED)

    lines = down(host, "first", "--volumes")

    assert " Volume shared Resource is still in use " in lines
    assert "shared" in volumes(host)


def test_a_network_that_another_project_uses_stays(host: Host) -> None:
    text = "services: {web: {image: 'postgres:17.6', networks: [n]}}\nnetworks: {n: {name: shared}}\n"
    host.up("first", text)
    host.up("second", text)

    assert " Network shared Resource is still in use " in down(host, "first")


def test_down_twice_is_no_error(host: Host) -> None:
    host.up("app", NAMED)
    down(host, "app")

    assert down(host, "app") == ['Warning: No resource found to remove for project "app".']


def test_down_needs_no_file_and_takes_no_notice_of_a_broken_one(host: Host) -> None:
    host.up("app", NAMED)
    folder = host.folder("app", "${{{")

    assert host.run("compose", "-p", "app", "down", cwd=folder).code == 0
    assert host.states("app") == {}


def test_down_takes_built_images_only_when_asked(host: Host) -> None:
    host.run("pull", "postgres:17.6")
    host.up("app", "services: {web: {build: .}}", files={"Dockerfile": "FROM scratch\n"})
    down(host, "app")
    assert [i["RepoTags"] for i in host.docker.images()] == [["postgres:17.6"], ["app-web:latest"]]

    down(host, "app", "--rmi", "local")

    assert [i["RepoTags"] for i in host.docker.images()] == [["postgres:17.6"]]


def test_s9_a_fault_leaves_one_container_and_its_network_behind(host: Host) -> None:
    host.up("app", NAMED)
    host.up("other", NAMED.replace("shared", "theirs"))
    host.world.faults.add(part="engine", kind="container-stays", path="app")

    down(host, "other")
    lines = down(host, "app", "--volumes")

    assert " Container app-web-1 Removed " in lines
    assert list(host.states("app")) == ["app-web-1"]
    assert "app_default" in [n["Name"] for n in host.docker.networks()]
    down(host, "app", "--volumes")
    assert host.states("app") == {}


def test_stop_and_start_keep_the_container(host: Host) -> None:
    host.up("app", NAMED)
    before = host.container("app-web-1")["Id"]

    host.run("compose", "-p", "app", "stop")
    assert host.states("app") == {"app-web-1": "Exited (0) Less than a second ago"}
    assert host.run("compose", "-p", "app", "ps").lines == ["NAME\tIMAGE\tSERVICE\tSTATUS"]

    assert host.run("compose", "-p", "app", "start").lines == [
        " Container app-web-1 Starting ",
        " Container app-web-1 Started ",
    ]
    assert host.container("app-web-1")["Id"] == before
    assert "app-web-1" in host.run("compose", "-p", "app", "ps").text


def test_a_stopped_container_that_had_failed_keeps_its_exit_code(host: Host) -> None:
    host.up("app", f"services: {{web: {{image: '{host.publish('v1', 'exits')}', restart: always}}}}")

    host.run("compose", "-p", "app", "stop")

    assert host.states("app") == {"app-web-1": "Exited (1) Less than a second ago"}


def test_start_fails_where_nothing_is_or_a_network_has_gone(host: Host) -> None:
    assert host.run("compose", "-p", "app", "start").code == 1
    host.run("network", "create", "--driver", "overlay", "--attachable", "env")
    host.up(
        "app",
        "services: {web: {image: 'postgres:17.6', networks: [env]}}\nnetworks: {env: {external: true}}\n",
    )
    host.run("compose", "-p", "app", "stop")
    host.run("network", "rm", "env")

    done = host.run("compose", "-p", "app", "start")

    assert (done.code, done.lines[-1]) == (1, "Error response from daemon: network env not found")
