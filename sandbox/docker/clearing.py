"""Removing from the Engine what a sandbox made there, and nothing else."""

import contextlib
import time
from collections.abc import Callable, Mapping
from typing import Any

import docker
from docker.errors import APIError, NotFound

from sandbox.docker.belongings import Belongings
from sandbox.docker.mirror import Mirror
from sandbox.docker.rows import app_of

Document = dict[str, Any]

_PATIENCE = 60.0  # seconds until Swarm has let go of containers and networks
_STEP = 0.2


class Clearing:
    """The belongings of one sandbox in an Engine.

    Args:
        client: of the Engine.
        belongings: what is the sandbox's.
        mirror: its registry: images from there are its own.
    """

    def __init__(self, client: docker.APIClient, belongings: Belongings, mirror: Mirror) -> None:
        self._client = client
        self._own = belongings
        self._mirror = mirror

    def clear(self, *, volumes: bool, images: bool = False) -> list[str]:
        """Remove services, containers, networks, and what else is asked for.

        Containers are killed, not stopped: nobody waits for an answer of theirs any more.

        Args:
            volumes: the data, too.
            images: what came from the sandbox's registry, too.

        Returns:
            Names of what could not be removed, with the Engine's reason.
        """
        for service in self._services():
            with contextlib.suppress(NotFound):
                self._client.remove_service(service["ID"])
        for container in self._containers():
            with contextlib.suppress(APIError):
                self._client.remove_container(container["Id"], force=True, v=True)
        left = self._remove_networks()
        if volumes:
            left += self._each(self._volumes(), "Name", self._client.remove_volume)
        if images:
            self._remove_images()
        return left

    def _services(self) -> list[Document]:
        return [
            s
            for s in self._client.services()
            if self._own.has_app(s["Spec"]["Name"]) or self._has(s["Spec"].get("Labels"))
        ]

    def _containers(self) -> list[Document]:
        return [c for c in self._client.containers(all=True) if self._has(c.get("Labels"))]

    def _networks(self) -> list[Document]:
        return [n for n in self._client.networks() if self._own.has_network(n)]

    def _volumes(self) -> list[Document]:
        return [v for v in self._client.volumes()["Volumes"] or () if self._own.has_volume(v)]

    def _has(self, labels: Mapping[str, str] | None) -> bool:
        return self._own.has_app(app_of(labels or {}))

    def _remove_networks(self) -> list[str]:
        """Swarm lets go of a network some time after the last task on it has ended."""
        deadline = time.monotonic() + _PATIENCE
        while True:
            left = self._each(self._networks(), "Id", self._client.remove_network)
            left += [f"container {c['Names'][0]}" for c in self._containers()]
            if not left or time.monotonic() > deadline:
                return left
            for container in self._containers():
                with contextlib.suppress(APIError):
                    self._client.remove_container(container["Id"], force=True, v=True)
            time.sleep(_STEP)

    def _each(self, found: list[Document], key: str, remove: Callable[[str], object]) -> list[str]:
        left = []
        for one in found:
            try:
                remove(one[key])
            except NotFound:
                continue
            except APIError as error:
                left.append(f"{one['Name']}: {error.explanation}")
        return left

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
