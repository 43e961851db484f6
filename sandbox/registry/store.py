"""What the registry holds.

Manifests and configs are real documents with real digests, made from their inputs alone: the same labels
give the same digest in every sandbox.
"""

import gzip
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from sandbox.registry.manifests import INDEX_TYPES, MANIFEST_TYPE, child_for, host_architecture
from sandbox.registry.reference import Reference
from sandbox.store import Document
from sandbox.world import World

CONFIG_TYPE = "application/vnd.oci.image.config.v1+json"
_LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar+gzip"
_EMPTY_TAR = bytes(1024)
LAYER = gzip.compress(_EMPTY_TAR, mtime=0)
"""The one layer of every image: nobody runs them."""


@dataclass(frozen=True, kw_only=True)
class Image:
    """An image of the registry.

    Attributes:
        repository: host and path, `ghcr.io/owner/name`.
        digest: of the manifest or index, what `repo:tag@…` names.
        config_digest: Docker's image id once it is pulled; with the containerd image store that is `digest`.
        labels: of the image config.
        env: of the image config.
    """

    repository: str
    digest: str
    config_digest: str
    labels: Mapping[str, str] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)


class RegistryStore:
    """Images by repository and tag.

    Args:
        world: images are documents in its tables `registry.*`.
        architecture: whose image of an index is looked at; by default this machine's.
    """

    def __init__(self, world: World, *, architecture: str | None = None) -> None:
        self._architecture = architecture or host_architecture()
        self._tags = world.store.table("registry.tags")
        self._manifests = world.store.table("registry.manifests")
        self._blobs = world.store.table("registry.blobs")

    def publish(self, name: str, labels: Mapping[str, str], env: Mapping[str, str] | None = None) -> str:
        """Put an image under a tag, replacing what the tag meant before.

        Args:
            name: `ghcr.io/owner/name:tag`.
            labels: of the image config.
            env: variables that the image sets.

        Returns:
            The manifest's digest.

        Raises:
            InvalidReference: the name is none.
            ValueError: it names a digest, which only the content decides.
        """
        reference = Reference.parse(name)
        if reference.digest:
            raise ValueError(
                f"{name}: an image is published under a tag, its digest follows from its content"
            )
        config = _encode(
            {
                "architecture": "amd64",
                "config": {
                    "Env": [f"{k}={v}" for k, v in sorted((env or {}).items())],
                    "Labels": dict(sorted(labels.items())),
                },
                "history": [{"created_by": reference.repository}],
                "os": "linux",
                "rootfs": {"diff_ids": [_digest(_EMPTY_TAR)], "type": "layers"},
            }
        )
        manifest = _encode(
            {
                "schemaVersion": 2,
                "mediaType": MANIFEST_TYPE,
                "config": {"mediaType": CONFIG_TYPE, "digest": _digest(config), "size": len(config)},
                "layers": [{"mediaType": _LAYER_TYPE, "digest": _digest(LAYER), "size": len(LAYER)}],
            }
        )
        digest = _digest(manifest)
        self._blobs.put(_digest(config), {"text": config.decode()})
        self._manifests.put(
            f"{reference.repository}@{digest}",
            {"repository": reference.repository, "text": manifest.decode(), "config": _digest(config)},
        )
        self._tags.put(f"{reference.repository}:{reference.tag}", {"digest": digest})
        return digest

    def keep(
        self, repository: str, reference: str, *, body: bytes, media_type: str, config: bytes | None
    ) -> str | None:
        """Keep a manifest that was pushed, byte for byte.

        Args:
            repository: host and path.
            reference: a tag, which means this image from now on, or the manifest's digest.
            body: the manifest.
            media_type: one of `MANIFEST_TYPES` or `INDEX_TYPES`.
            config: the image config, whose labels are looked at; an index has none of its own.

        Returns:
            The manifest's digest; `None` when the reference is another one.
        """
        digest = _digest(body)
        if reference.startswith("sha256:") and reference != digest:
            return None
        row = {"repository": repository, "text": body.decode(), "type": media_type}
        if config is not None:
            row["config"] = _digest(config)
            self._blobs.put(row["config"], {"text": config.decode()})
        self._manifests.put(f"{repository}@{digest}", row)
        if reference != digest:
            self._tags.put(f"{repository}:{reference}", {"digest": digest})
        return digest

    def resolve(self, name: str) -> Image | None:
        """The image that a reference means, `None` if it is not there; a digest wins over the tag."""
        reference = Reference.parse(name)
        digest = reference.digest or self._digest_of(reference)
        row = self._image(reference.repository, digest) if digest else None
        if digest is None or row is None:
            return None
        blob = self._blobs.get(row["config"])
        config = (json.loads(blob["text"]).get("config") if blob else None) or {}
        return Image(
            repository=reference.repository,
            digest=digest,
            config_digest=row["config"],
            labels=config.get("Labels") or {},
            env={name: value for name, _, value in (pair.partition("=") for pair in config.get("Env") or ())},
        )

    def remove(self, name: str) -> bool:
        """Take a tag away, and the image with its last tag; whether there was such a tag."""
        reference = Reference.parse(name)
        former = self._tags.delete(f"{reference.repository}:{reference.tag}")
        if former is None:
            return False
        if former["digest"] not in (self._tags_of(reference.repository).values()):
            self._manifests.delete(f"{reference.repository}@{former['digest']}")
        return True

    def manifest(self, repository: str, reference: str) -> tuple[str, bytes, str] | None:
        """Digest, bytes and media type of a manifest by tag or digest."""
        tagged = self._tags.get(f"{repository}:{reference}")
        digest = tagged["digest"] if tagged else reference
        row = self._manifests.get(f"{repository}@{digest}")
        return (digest, row["text"].encode(), row.get("type", MANIFEST_TYPE)) if row else None

    def blob(self, digest: str) -> bytes | None:
        """A config, or the layer of those images that nobody runs; `None` for what is a file or not there."""
        if digest == _digest(LAYER):
            return LAYER
        row = self._blobs.get(digest)
        return row["text"].encode() if row else None

    def tags(self, repository: str) -> list[str]:
        """The repository's tags in order of their names."""
        return sorted(self._tags_of(repository))

    def has_host(self, host: str) -> bool:
        """Whether any repository of this registry is there."""
        return any(key.startswith(f"{host}/") for key in self._tags)

    def _image(self, repository: str, digest: str) -> Document | None:
        """The manifest of an image; of an index the one for this machine."""
        row = self._manifests.get(f"{repository}@{digest}")
        if row is None or row.get("type") not in INDEX_TYPES:
            return row
        child = child_for(row["text"], self._architecture)
        return self._manifests.get(f"{repository}@{child}") if child else None

    def _digest_of(self, reference: Reference) -> str | None:
        row = self._tags.get(f"{reference.repository}:{reference.tag}")
        return row["digest"] if row else None

    def _tags_of(self, repository: str) -> dict[str, str]:
        start = f"{repository}:"
        return {
            key[len(start) :]: (self._tags.get(key) or {})["digest"]
            for key in self._tags
            if key.startswith(start)
        }


def _encode(document: object) -> bytes:
    return json.dumps(document, separators=(",", ":"), sort_keys=True).encode()


def _digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
