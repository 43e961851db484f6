"""Image references as Docker reads them: `postgres:17.6` is `docker.io/library/postgres:17.6`."""

from dataclasses import dataclass

from docker_image import reference as docker_reference

_HUB = "docker.io"


class InvalidReference(ValueError):  # Docker's own name for it
    """The text is no image reference; the message is Docker's."""


@dataclass(frozen=True, kw_only=True)
class Reference:
    """One image reference, normalised.

    Attributes:
        host: the registry, `docker.io` when the text names none.
        path: the repository within it, `library/postgres` for an official image.
        tag: `None` when only a digest is given; `latest` when neither is.
        digest: `sha256:…` or `None`; it wins over the tag.
    """

    host: str
    path: str
    tag: str | None
    digest: str | None

    @classmethod
    def parse(cls, text: str) -> "Reference":
        """Read a reference as it stands in a compose file. Raises `InvalidReference`."""
        try:
            parsed = docker_reference.Reference.parse_normalized_named(text)
        except Exception:  # noqa: BLE001  # the library raises classes without a common base of its own
            raise InvalidReference("invalid reference format") from None
        host, path = parsed.split_hostname()
        if host != host.lower() and "." not in host and ":" not in host:
            raise InvalidReference("invalid reference format: repository name must be lowercase")
        tag = parsed["tag"] or (None if parsed["digest"] else "latest")
        return cls(host=host, path=path, tag=tag, digest=parsed["digest"])

    @property
    def repository(self) -> str:
        """Host and path."""
        return f"{self.host}/{self.path}"

    @property
    def familiar_name(self) -> str:
        """The repository as Docker prints it."""
        if self.host != _HUB:
            return self.repository
        return self.path.removeprefix("library/")

    @property
    def familiar(self) -> str:
        """The reference as Docker prints it: name and tag, or name and digest when it has no tag."""
        return f"{self.familiar_name}:{self.tag}" if self.tag else f"{self.familiar_name}@{self.digest}"
