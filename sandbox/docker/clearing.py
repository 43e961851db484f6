"""Removing from the Engine what a sandbox made there, and nothing else."""

import contextlib
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import docker
from docker.errors import APIError, NotFound

from sandbox.docker.belongings import Belongings
from sandbox.docker.mirror import Mirror
from sandbox.docker.rows import app_of

Document = dict[str, Any]

_PATIENCE = 60.0  # seconds; on a busy machine Swarm needs many to let go of a network
_STEP = 0.5
_AT_ONCE = 4
# How an Engine in no swarm refuses to list services (503, Engine 20.10, 2026-11-23).
_NO_SWARM = "not a swarm manager"


class Clearing:
    """The belongings of one sandbox in an Engine.

    Args:
        client: of the Engine.
        belongings: what is the sandbox's.
        mirror: its registry: images from there are its own.
        patience: seconds until it is given up.
    """

    def __init__(
        self,
        client: docker.APIClient,
        belongings: Belongings,
        mirror: Mirror,
        *,
        patience: float = _PATIENCE,
    ) -> None:
        self._client = client
        self._own = belongings
        self._mirror = mirror
        self._patience = patience

    def clear(self, *, volumes: bool, images: bool = False) -> list[str]:
        """Remove services, containers, networks, and what else is asked for.

        Containers are killed, not stopped: nobody waits for an answer of theirs any more.

        Args:
            volumes: the data, too.
            images: what came from the sandbox's registry, too.

        Returns:
            Names of what could not be removed, with the Engine's reason.
        """
        deadline = time.monotonic() + self._patience
        while (left := self._remove()) and time.monotonic() < deadline:
            time.sleep(_STEP)
        if volumes:
            left += self._each(self._volumes(), "Name", self._client.remove_volume)
        if images:
            self._remove_images()
        return left

    def _remove(self) -> list[str]:
        """One round: Swarm lets go of containers and networks some time after a service has gone."""
        left = self._each(self._services(), "ID", self._client.remove_service)
        self._each(self._containers(), "Id", self._kill)
        left += self._each(self._networks(), "Id", self._client.remove_network)
        return left + [_name(found) for found in self._containers()]

    def _kill(self, container: str) -> None:
        self._client.remove_container(container, force=True, v=True)

    def _services(self) -> list[Document]:
        try:
            known = self._client.services()
        except APIError as error:
            if _NO_SWARM in str(error.explanation):
                return []
            raise
        return [
            s for s in known if self._own.has_app(s["Spec"]["Name"]) or self._has(s["Spec"].get("Labels"))
        ]

    def _containers(self) -> list[Document]:
        return [c for c in self._client.containers(all=True) if self._has(c.get("Labels"))]

    def _networks(self) -> list[Document]:
        return [n for n in self._client.networks() if self._own.has_network(n)]

    def _volumes(self) -> list[Document]:
        return [v for v in self._client.volumes()["Volumes"] or () if self._own.has_volume(v)]

    def _has(self, labels: Mapping[str, str] | None) -> bool:
        return self._own.has_app(app_of(labels or {}))

    def _each(self, found: list[Document], key: str, remove: Callable[[str], object]) -> list[str]:
        """What could not be removed. A few at a time: a busy Engine takes seconds for each (2026-11-23)."""

        def one(document: Document) -> list[str]:
            try:
                remove(document[key])
            except NotFound:
                pass
            except APIError as error:
                return [f"{_name(document)}: {error.explanation}"]
            except OSError as error:  # it took longer than the client waits
                return [f"{_name(document)}: {error}"]
            return []

        with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
            return [reason for left in pool.map(one, found) for reason in left]

    def _remove_images(self) -> None:
        for image in self._client.images():
            names = [*(image.get("RepoTags") or ()), *(image.get("RepoDigests") or ())]
            for name in names:
                if self._mirror.has(name):
                    with contextlib.suppress(APIError):
                        self._client.remove_image(name, noprune=False)
            if self._has(image.get("Labels")):
                with contextlib.suppress(APIError):
                    self._client.remove_image(image["Id"], force=True)


def _name(found: Document) -> str:
    if "Names" in found:
        return f"container {found['Names'][0].removeprefix('/')}"
    return str(found["Name"] if "Name" in found else found["Spec"]["Name"])
