"""Image names: Docker pulls what the sandbox's registry has from there, people read the names they wrote.

A host name in an image reference is where Docker fetches it, and no setting of ours leads it elsewhere for
other registries than Docker Hub; what it pulled from `127.0.0.1:PORT/ghcr.io/…` cannot be given the name
`ghcr.io/…@sha256:…` afterwards either, since `docker tag` makes no names with digests (Engine 20.10,
2026-11-23). So the name itself carries the mirror, on its way in; on its way out it is taken off again.
"""

from dataclasses import dataclass

from sandbox.registry.reference import InvalidReference, Reference

OVERRIDE = ".strata-images.yml"
"""The file beside a compose file that says where its images come from."""


@dataclass(frozen=True, kw_only=True)
class Mirror:
    """The registry that stands for all.

    Attributes:
        host: `127.0.0.1:PORT`; Docker takes the whole of 127.0.0.0/8 without checking certificates.
    """

    host: str

    def name(self, image: str) -> str:
        """What Docker is told for an image, which may still hold variables (`${BACKEND_IMAGE:?}`)."""
        if image.startswith((f"{self.host}/", "sha256:")):
            return image
        if "$" in image:
            return f"{self.host}/{image}"
        try:
            reference = Reference.parse(image)
        except InvalidReference:
            return image
        tag = f":{reference.tag}" if reference.tag else ""
        digest = f"@{reference.digest}" if reference.digest else ""
        return f"{self.host}/{reference.repository}{tag}{digest}"

    def real(self, text: str) -> str:
        """A text of Docker's with the names that people wrote."""
        return text.replace(f"{self.host}/", "")

    def has(self, image: str) -> bool:
        """Whether this name of Docker's came through the mirror."""
        return image.startswith(f"{self.host}/")
