"""What the Docker Engine holds of a project, and its removal without Compose."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import docker
from docker.errors import APIError, DockerException, NotFound

from tests.throwaway.owner import Mark
from tests.throwaway.waiting import eventually

LABEL = "strata.integration"
HOST = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")
OLDEST_API = (1, 41)

# Something to remove whose removal another process has begun.
_UNDER_WAY = 409


class EngineError(Exception):
    """There is no engine that the tests can use."""


@dataclass(frozen=True)
class Thing:
    """A container, network, volume or image, as the engine lists it."""

    kind: str
    key: str
    name: str
    mark: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


@dataclass(frozen=True)
class Engine:
    """A Docker Engine that answers."""

    client: Any

    def marks(self) -> list[Mark]:
        """Marks of projects that are thrown away, of any suite and run."""
        return [Mark.parse(value) for value in sorted({thing.mark for thing in self._things(LABEL)})]

    def remains(self, mark: Mark) -> list[str]:
        """Kind and name of what a project still has here: containers, networks, volumes, images."""
        return [str(thing) for thing in self._things(f"{LABEL}={mark}")]

    def remove(self, mark: Mark, *, within: float = 60) -> None:
        """Remove all that a project has, and what a request that is still under way adds to it.

        Args:
            mark: the project's.
            within: seconds.

        Raises:
            AssertionError: something could not be removed; it is named.
        """
        eventually(lambda: self._removed(mark), within=within)

    def _removed(self, mark: Mark) -> None:
        for thing in self._things(f"{LABEL}={mark}"):
            with suppress(NotFound):
                try:
                    self._remove(thing)
                except APIError as error:
                    if error.status_code != _UNDER_WAY:
                        raise AssertionError(f"{thing} stays: {error.explanation}") from None
        left = self.remains(mark)
        assert left == [], f"still there: {', '.join(left)}"

    def _remove(self, thing: Thing) -> None:
        match thing.kind:
            case "container":
                self.client.api.remove_container(thing.key, force=True, v=True)
            case "network":
                self.client.api.remove_network(thing.key)
            case "volume":
                self.client.api.remove_volume(thing.key, force=True)
            case _:
                # the layers below stay as the next build's cache, as `docker compose down --rmi` leaves them
                self.client.api.remove_image(thing.key, force=True, noprune=True)

    def _things(self, label: str) -> list[Thing]:
        api, filters = self.client.api, {"label": [label]}
        listed = [  # in the order in which they can be removed
            *(("container", each, each["Names"][0]) for each in api.containers(all=True, filters=filters)),
            *(("network", each, each["Name"]) for each in api.networks(filters=filters)),
            *(("volume", each, each["Name"]) for each in api.volumes(filters=filters)["Volumes"] or ()),
            *(("image", each, (each["RepoTags"] or ["untagged"])[0]) for each in api.images(filters=filters)),
        ]
        return [
            Thing(kind, each.get("Id", name), name.removeprefix("/"), each["Labels"][LABEL])
            for kind, each, name in listed
        ]


def sweep(engine: Engine) -> list[str]:
    """Remove the projects of runs that are over and return their names; those of living ones stay."""
    dead = [mark for mark in engine.marks() if mark.owner.gone()]
    for mark in dead:
        engine.remove(mark)
    return [mark.project for mark in dead]


@contextmanager
def connected(host: str = HOST) -> Iterator[Engine]:
    """The engine that answers at an address, by default the one that `DOCKER_HOST` names or this machine's.

    Raises:
        EngineError: nothing answers there, or it is too old.
    """
    try:
        _reach(host)
        client = docker.DockerClient(base_url=host)
        told = client.version()["ApiVersion"]
    except (OSError, DockerException) as error:
        raise EngineError(
            f"no Docker Engine answers at {host}: {str(error)[:120]}\n"
            "  → start Docker, or `make docker`, which installs and starts it on Debian as root;"
            " DOCKER_HOST names another one"
        ) from None
    try:
        if tuple(map(int, told.split("."))) < OLDEST_API:
            raise EngineError(
                f"the Docker Engine at {host} speaks API {told}, too old\n  → install Docker 20.10 or newer"
            )
        yield Engine(client)
    finally:
        client.close()


def _reach(host: str) -> None:
    # the SDK never closes the socket of a connection that it could not make (docker 7.2, 2026-11-23)
    if host.startswith("unix://"):
        with socket.socket(socket.AF_UNIX) as attempt:
            attempt.connect(host.removeprefix("unix://"))
