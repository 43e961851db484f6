import json

import pytest

from tests.sandbox.hosts import Host

TEXT = """
services: {web: {image: 'postgres:17.6', volumes: ['d:/d']}}
volumes: {d: {name: data}}
"""
MOUNTPOINT = "/var/lib/docker/volumes/data/_data"


def test_volumes_are_listed_as_dokploy_reads_them(host: Host) -> None:
    host.up("app", TEXT)
    host.run("volume", "create", "plain")

    rows = [json.loads(line) for line in host.run("volume", "ls", "--format", "{{json .}}").lines]

    assert rows[0] == {
        "Availability": "N/A",
        "Driver": "local",
        "Group": "N/A",
        "Labels": "com.docker.compose.project=app,com.docker.compose.volume=d",
        "Links": "N/A",
        "Mountpoint": MOUNTPOINT,
        "Name": "data",
        "Scope": "local",
        "Size": "N/A",
        "Status": "N/A",
    }
    assert (rows[1]["Name"], rows[1]["Labels"]) == ("plain", "")


def test_a_volume_is_inspected_by_its_name(host: Host) -> None:
    host.up("app", TEXT)
    host.run("volume", "create", "plain")

    data, plain = json.loads(host.run("volume", "inspect", "data", "plain").text)

    assert (data["Name"], data["Mountpoint"]) == ("data", MOUNTPOINT)
    assert data["Labels"]["com.docker.compose.project"] == "app"
    assert plain["Labels"] is None
    assert host.run("volume", "inspect", "gone").text == (
        "Error response from daemon: get gone: no such volume"
    )


@pytest.mark.parametrize(
    ("short", "long"),
    [
        (["images"], ["image", "ls"]),
        (["pull", "postgres:17.6"], ["image", "pull", "postgres:17.6"]),
        (["logs", "app-web-1"], ["container", "logs", "app-web-1"]),
        (["rmi", "gone"], ["image", "rm", "gone"]),
    ],
)
def test_a_short_name_means_the_same(host: Host, short: list[str], long: list[str]) -> None:
    host.up("app", TEXT)

    done = host.run(*short)

    assert done.lines
    assert done == host.run(*long)


@pytest.mark.parametrize("words", [["volume", "inspect"], ["container", "logs"], ["rmi"]])
def test_a_command_without_its_argument_says_so(host: Host, words: list[str]) -> None:
    done = host.run(*words)

    assert done.code == 1
    assert done.text.endswith("requires at least 1 argument.")
