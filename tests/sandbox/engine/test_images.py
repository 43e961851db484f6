import json

import pytest

from tests.sandbox.hosts import BACKEND, Host

POSTGRES = "docker.io/library/postgres:17.6"
BUILT = "services: {web: {build: .}}"


def built(host: Host, app: str = "app") -> None:
    host.up(app, BUILT, files={"Dockerfile": f"FROM scratch\nLABEL of={app}\n"})


def test_images_are_listed_as_dokploy_reads_them(host: Host) -> None:
    host.run("pull", POSTGRES)
    built(host)

    rows = [json.loads(line) for line in host.run("images", "--format", "{{json .}}").lines]

    assert [(row["Repository"], row["Tag"]) for row in rows] == [("postgres", "17.6"), ("app-web", "latest")]
    assert rows[0] == {
        "Containers": "N/A",
        "CreatedAt": "2026-11-23 12:00:00 +0000 UTC",
        "CreatedSince": "Less than a second ago",
        "Digest": "<none>",
        "ID": host.docker.images()[0]["Id"][7:19],
        "Repository": "postgres",
        "SharedSize": "N/A",
        "Size": "1.99MB",
        "Tag": "17.6",
        "UniqueSize": "N/A",
        "VirtualSize": "1.99MB",
    }


def test_an_image_pulled_by_digest_has_a_name_but_no_tag(host: Host) -> None:
    host.run("pull", host.publish("v1"))

    row = json.loads(host.run("image", "ls").lines[0])

    assert (row["Repository"], row["Tag"]) == (BACKEND, "<none>")
    assert host.docker.images()[0]["RepoDigests"][0].startswith(f"{BACKEND}@sha256:")


def test_pulling_reads_as_dockers(host: Host) -> None:
    image = host.publish("v1")

    done = host.run("pull", image.partition("@")[0])

    assert done.lines == [
        "v1: Pulling from zitian-party/finance-report-backend",
        f"Digest: {image.partition('@')[2]}",
        f"Status: Image is up to date for {BACKEND}:v1",
        f"{BACKEND}:v1",
    ]


def test_s9_an_image_built_here_is_removed_by_its_name(host: Host) -> None:
    built(host)
    image = host.docker.images()[0]["Id"]
    host.run("compose", "-p", "app", "down")

    done = host.run("rmi", "app-web:latest")

    assert done.lines == ["Untagged: app-web:latest", f"Deleted: {image}"]
    assert host.docker.images() == []


def test_an_image_in_use_is_not_removed(host: Host) -> None:
    built(host)

    done = host.run("rmi", "app-web:latest")

    assert done.code == 1
    container, image = host.container("app-web-1")["Id"][:12], host.docker.images()[0]["Id"][7:19]
    assert done.text == (
        'Error response from daemon: conflict: unable to remove repository reference "app-web:latest"'
        f" (must force) - container {container} is using its referenced image {image}"
    )


def test_by_force_its_name_goes_and_the_image_stays_while_a_container_runs(host: Host) -> None:
    built(host)
    image = host.docker.images()[0]["Id"]

    assert host.run("rmi", "-f", "app-web:latest").lines == ["Untagged: app-web:latest"]
    assert [row["RepoTags"] for row in host.docker.images()] == [[]]
    done = host.run("rmi", "-f", image)
    assert done.code == 1
    assert "(cannot be forced) - image is being used by running container" in done.text


def test_a_dangling_image_is_removed_by_id(host: Host) -> None:
    built(host)
    host.up("app", BUILT, files={"Dockerfile": "FROM scratch\nLABEL new=1\n"})
    dangling = next(row for row in host.docker.images() if not row["RepoTags"])
    shown = json.loads(host.run("images").lines[0])
    assert (shown["Repository"], shown["Tag"]) == ("<none>", "<none>")

    assert host.run("rmi", dangling["Id"][7:19]).lines == [f"Deleted: {dangling['Id']}"]


@pytest.mark.parametrize("name", ["gone", "gone:latest"])
def test_an_image_that_is_not_there_is_an_error(host: Host, name: str) -> None:
    done = host.run("rmi", name)

    assert (done.code, done.text) == (1, "Error response from daemon: No such image: gone:latest")


def test_inspecting_shows_the_labels(host: Host) -> None:
    built(host)

    shown = json.loads(host.run("image", "inspect", "app-web").text)[0]

    assert shown["Config"]["Labels"]["of"] == "app"
    assert shown["RepoTags"] == ["app-web:latest"]
    assert host.run("image", "inspect", "gone").code == 1


def test_two_apps_images_have_nothing_to_do_with_each_other(host: Host) -> None:
    built(host, "first")
    built(host, "second")
    host.run("compose", "-p", "first", "down")

    host.run("rmi", "first-web")

    assert [row["RepoTags"] for row in host.docker.images()] == [["second-web:latest"]]
