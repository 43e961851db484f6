import asyncio

import pytest

from components.local.identity import OWNER
from components.local.leftovers import Leftovers
from tests.components.local.docker import FakeDocker, inspected
from tests.components.local.plans import plan

CONTAINER = 'Conflict. The container name "/small-local-store" is already in use by container "12ab".'
NETWORK = "Error response from daemon: network with name the-network already exists"


def ours(name: str) -> dict[str, object]:
    return inspected(name, labels={OWNER: "small/local@12345678"})


def cleared(docker: FakeDocker, *errors: str) -> list[bool]:
    leftovers = Leftovers(plan(docker=docker))
    return [asyncio.run(leftovers.cleared([error])) for error in errors]


def test_s10_our_own_container_is_removed_and_made_again_once() -> None:
    docker = FakeDocker(there=[ours("small-local-store"), ours("small-local-backend")])

    assert cleared(docker, CONTAINER, CONTAINER) == [True, False]
    assert [one["Name"] for one in docker.there] == ["/small-local-backend"]


@pytest.mark.parametrize(
    "labels",
    [{}, {OWNER: "small/ci@12345678"}, {OWNER: "other/local@12345678"}, {OWNER: "small/local@87654321"}],
)
def test_s3_a_container_without_our_label_is_not_touched(labels: dict[str, str]) -> None:
    docker = FakeDocker(there=[inspected("small-local-store", labels=labels)])

    assert cleared(docker, CONTAINER) == [False]
    assert [words for words in docker.asked if words[0] == "rm"] == []


def test_s10_our_own_network_goes_with_all_that_is_on_it() -> None:
    docker = FakeDocker(there=[ours("small-local-store")])

    assert cleared(docker, NETWORK) == [True]
    assert docker.there == []


def test_s3_a_network_of_somebody_else_is_not_touched() -> None:
    docker = FakeDocker()

    assert cleared(docker, NETWORK.replace("the-network", "another")) == [False]
    assert [words for words in docker.asked if "rm" in words] == []


@pytest.mark.parametrize("error", ["", "no such image", "port is already allocated"])
def test_any_other_error_is_told(error: str) -> None:
    assert cleared(FakeDocker(), error) == [False]
