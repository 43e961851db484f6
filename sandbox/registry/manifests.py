"""Manifests as they are pushed: of one image, or an index of several.

Docker with the containerd image store (the default of fresh installations since Engine 29) pushes an index
even for one platform: the image and, beside it, a manifest of its provenance.
"""

import json
import platform
from dataclasses import dataclass
from typing import Any

MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json"
DOCKER_TYPE = "application/vnd.docker.distribution.manifest.v2+json"
INDEX_TYPE = "application/vnd.oci.image.index.v1+json"
DOCKER_LIST_TYPE = "application/vnd.docker.distribution.manifest.list.v2+json"
MANIFEST_TYPES = (MANIFEST_TYPE, DOCKER_TYPE)
"""Kinds of manifests of one image: OCI's, and the one that Docker 20.10 pushes (measured 2026-11-23)."""
INDEX_TYPES = (INDEX_TYPE, DOCKER_LIST_TYPE)

_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


class UnfitManifest(ValueError):
    """What was sent is no manifest of its kind; the text is the registry's answer."""


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """One manifest.

    Attributes:
        config: digest of the image config; empty in an index.
        parts: digests of config and layers, or of an index's manifests.
    """

    config: str
    parts: tuple[str, ...]

    @classmethod
    def parse(cls, body: bytes, media_type: str) -> "Manifest":
        """Read what was sent. Raises `UnfitManifest`."""
        if media_type not in (*MANIFEST_TYPES, *INDEX_TYPES):
            raise UnfitManifest(f"media type {media_type or '(none)'} is not taken here")
        try:
            document = _object(body)
            if media_type in INDEX_TYPES:
                return cls(config="", parts=tuple(_digest(child) for child in document["manifests"]))
            config = _digest(document["config"])
            return cls(config=config, parts=(config, *(_digest(layer) for layer in document["layers"])))
        except (ValueError, KeyError, TypeError):
            kind = "index" if media_type in INDEX_TYPES else "image manifest"
            raise UnfitManifest(f"manifest invalid: it is no {kind}") from None


def check_config(content: bytes) -> None:
    """Raises `UnfitManifest` for what is no image config."""
    try:
        fits = isinstance(_object(content).get("config"), dict | None)
    except (ValueError, TypeError):
        fits = False
    if not fits:
        raise UnfitManifest("manifest invalid: its config is no image config")


def child_for(index: str, architecture: str) -> str | None:
    """The digest that an index has for Linux on this architecture; `None` when it has none."""
    for child in json.loads(index)["manifests"]:
        wanted = child.get("platform") or {"os": "linux", "architecture": architecture}
        if (wanted.get("os"), wanted.get("architecture")) == ("linux", architecture):
            return _digest(child)
    return None


def host_architecture() -> str:
    """This machine's, in the words of image configs."""
    machine = platform.machine().lower()
    return _ARCHITECTURES.get(machine, machine)


def _object(content: bytes) -> dict[str, Any]:
    """UTF-8 only: Python's reader of JSON would take others, and the store keeps text."""
    found = json.loads(content.decode())
    if not isinstance(found, dict):
        raise TypeError
    return found


def _digest(descriptor: Any) -> str:
    found = descriptor["digest"]
    if not isinstance(found, str):
        raise TypeError
    return found
