from tests.sandbox.hosts import Host

TEXT = "services: {web: {image: 'postgres:17.6', volumes: ['d:/d']}}\nvolumes: {d: {name: data}}\n"


def test_a_volume_is_made_once_and_keeps_its_owner(host: Host) -> None:
    host.up("app", TEXT)

    assert host.run("volume", "create", "data").lines == ["data"]
    assert host.docker.volumes()[0]["Labels"] == {
        "com.docker.compose.project": "app",
        "com.docker.compose.volume": "d",
    }


def test_even_a_stopped_container_holds_a_volume(host: Host) -> None:
    host.up("app", TEXT)
    host.run("compose", "-p", "app", "stop")

    done = host.run("volume", "rm", "data")

    assert done.code == 1
    assert done.text.startswith("Error response from daemon: remove data: volume is in use - [")


def test_a_volume_nobody_mounts_is_removed(host: Host) -> None:
    host.up("app", TEXT)
    host.run("compose", "-p", "app", "down")

    assert host.run("volume", "rm", "data").lines == ["data"]
    assert host.run("volume", "rm", "data").text == "Error response from daemon: get data: no such volume"


def test_labels_of_the_file_stand_beside_the_owners(host: Host) -> None:
    text = TEXT.replace("{name: data}", "{name: data, labels: {tier: data}}")
    host.up("app", text + "networks: {default: {labels: {tier: net}}}\n")

    network = next(n for n in host.docker.networks() if n["Name"] == "app_default")
    assert host.docker.volumes()[0]["Labels"]["tier"] == "data"
    assert (network["Labels"]["tier"], network["Labels"]["com.docker.compose.project"]) == ("net", "app")
