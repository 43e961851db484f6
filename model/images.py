"""References to images: parsed by the grammar of Docker's distribution library, never by splitting text."""

import re
from dataclasses import dataclass, replace

from docker_image.reference import InvalidReference, Reference

from model.errors import ReleaseError, SettingsError

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
# A tag that names one build: two numbers with a dot, a date, or a commit. `17`, `3-alpine` and `latest` move.
_FIXED_TAG = re.compile(r"(?:^|[^0-9])\d+\.\d+|\d{4}-\d{2}-\d{2}|^sha-[0-9a-f]{7,40}$")
_LOOPBACK = re.compile(r"127\.0\.0\.1:\d{1,5}")


@dataclass(frozen=True, kw_only=True)
class ImageRef:
    """`registry/path:tag@digest`.

    Attributes:
        registry: host, with the port where one is given; `docker.io` where none is.
        path: of the repository at that registry.
        tag: `None` where none is given.
        digest: `sha256:` and 64 hexadecimal digits, or `None`.
    """

    registry: str
    path: str
    tag: str | None = None
    digest: str | None = None

    @classmethod
    def parse(cls, text: str) -> "ImageRef":
        """Read a reference; short names mean Docker Hub, as they do for Docker.

        Raises:
            ReleaseError: it is not a reference.
        """
        try:
            reference = Reference.parse_normalized_named(text)
        except InvalidReference as error:
            raise ReleaseError(f"{text!r} is not an image reference: {error}") from None
        return cls(
            registry=reference.repository["domain"],
            path=reference.repository["path"],
            tag=reference["tag"],
            digest=reference["digest"],
        )

    @property
    def repository(self) -> str:
        """Registry and path, without tag and digest."""
        return f"{self.registry}/{self.path}"

    @property
    def pinned(self) -> bool:
        """Whether it has both: a tag for people and a digest that cannot move (R3)."""
        return self.tag is not None and self.digest is not None and bool(_DIGEST.fullmatch(self.digest))

    @property
    def floating(self) -> bool:
        """Whether the same reference may be another image tomorrow (C1)."""
        return self.digest is None and (self.tag is None or not _FIXED_TAG.search(self.tag))

    def at(self, *, tag: str) -> "ImageRef":
        """The same repository at a tag, without a digest."""
        return replace(self, tag=tag, digest=None)

    def pin(self, digest: str) -> "ImageRef":
        """The same reference with a digest.

        Raises:
            ReleaseError: the digest is not a sha256 one.
        """
        if not _DIGEST.fullmatch(digest):
            raise ReleaseError(f"the registry gave no sha256 digest for {self}; nothing was changed")
        return replace(self, digest=digest)

    def lookup_name(self, *, mirror: str | None) -> str:
        """The name under which a registry is asked for the digest; compose files keep the real one.

        Args:
            mirror: `127.0.0.1:PORT` (STRATA_REGISTRY_MIRROR, the sandbox's registry) or `None`.

        Raises:
            SettingsError: the mirror is not on loopback: it could give any digest for any name.
        """
        name = str(replace(self, digest=None))
        if mirror is None:
            return name
        if not _LOOPBACK.fullmatch(mirror):
            raise SettingsError(
                "STRATA_REGISTRY_MIRROR must be 127.0.0.1:PORT: it decides which digests are deployed and is "
                "for the sandbox only; unset it"
            )
        return f"{mirror}/{name}"

    def __str__(self) -> str:
        tag = f":{self.tag}" if self.tag else ""
        digest = f"@{self.digest}" if self.digest else ""
        return f"{self.repository}{tag}{digest}"
