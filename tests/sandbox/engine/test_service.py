from collections.abc import Sequence

import pytest

from sandbox.engine.networks import DOKPLOY_NETWORK
from tests.sandbox.hosts import Host


def create(host: Host, image: str, *flags: str) -> int:
    words = ["service", "create", "--name", "app", "--network", DOKPLOY_NETWORK, *flags]
    return host.run(*words, "--with-registry-auth", image).code


def task_ids(host: Host) -> list[str]:
    return [row["containerId"] for row in host.docker.tasks("", service="app") if row["state"] == "running"]


def update(host: Host, *words: str) -> int:
    return host.run("service", "update", *words, "app").code


def test_a_service_runs_an_image_with_its_environment(host: Host) -> None:
    assert (
        create(
            host, host.publish("v1"), "--env", "A=1=2", "--label", "traefik.enable=true", "--replicas", "2"
        )
        == 0
    )

    assert len(task_ids(host)) == 2
    container = host.docker.tables()["containers"][0]
    assert "A=1=2" in host.container(container["id"])["Config"]["Env"]
    assert host.docker.services()[0]["labels"] == {"traefik.enable": "true"}


def test_a_name_is_given_once(host: Host) -> None:
    create(host, host.publish("v1"))

    assert create(host, host.publish("v1")) == 1


@pytest.mark.parametrize(
    ("words", "new"),
    [
        (["--force"], True),
        (["--env-add", "A=2"], True),
        (["--env-rm", "A"], True),
        (["--label-add", "x=y"], False),
        (["--label-rm", "l"], False),
        (["--env-add", "A=1"], False),
    ],
)
def test_an_update_makes_new_tasks_where_it_concerns_them(
    host: Host,
    words: Sequence[str],
    new: bool,  # noqa: FBT001  # a table's column
) -> None:
    create(host, host.publish("v1"), "--env", "A=1", "--label", "l=1")
    before = task_ids(host)

    assert update(host, *words) == 0

    assert (task_ids(host) != before) is new


def test_a_bad_image_is_rolled_back(host: Host) -> None:
    good = host.publish("v1")
    create(host, good, "--update-order", "start-first", "--update-failure-action", "rollback")
    before = task_ids(host)

    update(host, "--image", host.publish("v2", "exits"), "--update-parallelism", "1")

    assert task_ids(host) == before
    assert host.docker.services()[0]["image"] == good


def test_it_is_scaled_and_removed(host: Host) -> None:
    create(host, host.publish("v1"))

    host.run("service", "scale", "app=0")
    assert task_ids(host) == []
    host.run("service", "scale", "app=2")
    assert len(task_ids(host)) == 2
    assert host.run("service", "rm", "app").lines == ["app"]
    assert host.docker.tables()["containers"] == []
    assert host.run("service", "rm", "app").code == 1


@pytest.mark.parametrize(
    "words",
    [["update", "gone"], ["scale", "gone=1"], ["create", "image"], ["inspect", "x"], ["update", "--x", "a"]],
)
def test_what_makes_no_sense_is_refused(host: Host, words: Sequence[str]) -> None:
    assert host.run("service", *words).code == 1
