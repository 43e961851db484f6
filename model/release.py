"""What is released: a tag as people say it, digests as machines run them, what staging has proved of them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import semver
from pydantic import BaseModel, ConfigDict, ValidationError

from model.errors import ReleaseError
from model.images import ImageRef
from model.layers import Layer

_SHA_TAG = re.compile(r"sha-[0-9a-f]{7,40}")
_SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class Tag:
    """A tag that may be deployed to a layer (R1).

    Attributes:
        text: as given, which is also the tag in the registry.
        version: the semantic version; `None` for `sha-<hash>`.
    """

    text: str
    version: semver.Version | None = None

    @classmethod
    def parse(cls, text: str, *, layer: Layer) -> "Tag":
        """Read what stands in RELEASE.

        Args:
            text: `vX.Y.Z`, for staging also `sha-<hash>` with 7 to 40 hexadecimal digits.
            layer: where it is going.

        Raises:
            ReleaseError: the layer does not take it; says why and what it takes.
        """
        if layer not in {Layer.STAGING, Layer.PRODUCTION}:
            raise ReleaseError(f"RELEASE is for staging and production; {layer} builds from source. Unset it")
        takes = "vX.Y.Z" if layer is Layer.PRODUCTION else "vX.Y.Z or sha-<hash>"
        if _SHA_TAG.fullmatch(text):
            if layer is Layer.PRODUCTION:
                raise ReleaseError(
                    f"RELEASE={text}: production takes vX.Y.Z only; tag what staging verified, then release"
                )
            return cls(text=text)
        version = text.removeprefix("v")
        if not text.startswith("v") or not semver.Version.is_valid(version):
            raise ReleaseError(f"RELEASE={text!r}: {_reason(text)}; {layer} takes {takes}. {_next(layer)}")
        parsed = semver.Version.parse(version)
        if parsed.prerelease or parsed.build:
            raise ReleaseError(
                f"RELEASE={text!r}: no suffix after the third number; {layer} takes {takes}. {_next(layer)}"
            )
        return cls(text=text, version=parsed)

    def __str__(self) -> str:
        return self.text


def _next(layer: Layer) -> str:
    if layer is Layer.PRODUCTION:
        return "Next: `strata releases staging` lists the tags that it may run"
    return f"Next: RELEASE=v1.2.3 pulumi up --refresh --stack {layer}, with a tag that the registry has"


def _reason(text: str) -> str:
    if text in {"latest", "stable", "edge"}:
        return "it moves, and what runs must not"
    if semver.Version.is_valid(text):
        return "the 'v' is missing"
    if text.startswith("sha-"):
        return "a commit has 7 to 40 hexadecimal digits"
    return "it is no release tag; branches are not deployed"


@dataclass(frozen=True, kw_only=True)
class Release:
    """What runs in the app tier.

    Attributes:
        version: the tag.
        images: service to `repo:tag@sha256:…`.

    Raises:
        ReleaseError: an image has no tag or no digest (R3).
    """

    version: str
    images: Mapping[str, str]

    def __post_init__(self) -> None:
        for service, image in self.images.items():
            if not ImageRef.parse(image).pinned:
                raise ReleaseError(f"release {self.version}: the image of {service} is not repo:tag@sha256:…")

    @property
    def digests(self) -> dict[str, str]:
        """Service to `repo@sha256:…`: the tag is for people, and two tags may name one image."""
        return {service: _identity(image) for service, image in sorted(self.images.items())}

    def as_input(self) -> dict[str, object]:
        """As the input `release` of a Deployment."""
        return {"version": self.version, "images": dict(self.images)}


def _identity(image: str) -> str:
    reference = ImageRef.parse(image)
    return f"{reference.repository}@{reference.digest}"


class _Record(BaseModel):
    """One entry of `verifiedReleases`; further keys are a later version's and not ours to refuse."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    version: str
    commit: str | None = None
    images: dict[str, str]
    time: str


@dataclass(frozen=True, kw_only=True)
class VerifiedRelease(Release):
    """A release that a Deployment has seen healthy, on these digests, with this commit.

    Attributes:
        commit: baked into the images.
        time: of the verification, ISO 8601 in UTC.
    """

    commit: str | None
    time: str

    @classmethod
    def parse(cls, record: object) -> "VerifiedRelease":
        """Read one record as a Deployment puts it out.

        Raises:
            ReleaseError: it is not such a record.
        """
        try:
            read = _Record.model_validate(record)
        except ValidationError as error:
            keys = ", ".join(sorted({".".join(map(str, line["loc"])) for line in error.errors()}))
            raise ReleaseError(f"a release record in the stack's outputs is not readable ({keys})") from None
        return cls(version=read.version, commit=read.commit, images=read.images, time=read.time)

    @classmethod
    def parse_all(cls, records: object) -> tuple["VerifiedRelease", ...]:
        """Read the output `verifiedReleases`, newest first; nothing there gives an empty tuple.

        Raises:
            ReleaseError: it is there and not a list of records.
        """
        if records is None:
            return ()
        if not isinstance(records, Sequence) or isinstance(records, str):
            raise ReleaseError("the stack's output verifiedReleases is not a list")
        return tuple(cls.parse(record) for record in records)

    def __str__(self) -> str:
        return f"{self.version} (commit {(self.commit or 'unknown')[:12]}, {self.time})"


def require_verified(release: Release, verified: Sequence[VerifiedRelease] | None) -> VerifiedRelease:
    """The record by which staging has proved a release's digests (R4).

    Args:
        release: what production is to run.
        verified: staging's list, newest first; `None`: there is no staging stack.

    Raises:
        ReleaseError: staging has not verified these digests; names what it has.
    """
    if verified is None:
        raise ReleaseError(
            f"production takes what staging verified, and there is no staging stack yet; run first: "
            f"RELEASE={release.version} pulumi up --refresh --stack staging"
        )
    for record in verified:
        if record.digests == release.digests:
            return record
    if not verified:
        has = "staging has not verified any release yet"
    else:
        has = "staging has verified: " + "; ".join(map(str, verified[:_SHOWN]))
        if len(verified) > _SHOWN:
            has += f"; and {len(verified) - _SHOWN} older"
    same = next((record for record in verified if record.version == release.version), None)
    moved = (
        f" The tag {release.version} named other digests when staging verified it: it was moved."
        if same
        else ""
    )
    raise ReleaseError(
        f"staging has not verified the digests of {release.version}, nothing was changed; {has}.{moved} "
        f"Run first: RELEASE={release.version} pulumi up --refresh --stack staging"
    )
