"""The images that a release is made of: one of each service, by digest."""

import json
from collections.abc import Mapping

from model.images import ImageRef
from model.settings import Images as Repositories
from strata.errors import CommandError, UsageError
from strata.registry import Registry

Images = Mapping[str, ImageRef]
"""Service to image."""

_LONGEST = 4000


def at(repositories: Repositories, *, tag: str) -> dict[str, ImageRef]:
    """Every application image at a tag.

    Args:
        repositories: the setting `images`.
        tag: `sha-<commit>` or `vX.Y.Z`.
    """
    return {
        service: ImageRef.parse(repository).at(tag=tag)
        for service, repository in sorted(repositories.model_dump().items())
    }


def found(registry: Registry, images: Images) -> dict[str, str | None]:
    """What the registry has for each: its digest, or `None`.

    Raises:
        RegistryError: the registry does not say.
    """
    return {service: registry.digest(image) for service, image in images.items()}


def parse(text: str, *, repositories: Repositories) -> dict[str, ImageRef]:
    """Read `--digests`: a JSON object, service to `repository@sha256:…` (a tag between them is dropped).

    Args:
        text: as `strata smoke` puts it out.
        repositories: the setting `images`: which services there must be, and of which repository.

    Raises:
        UsageError: it is anything else.
    """
    wanted = repositories.model_dump()
    example = json.dumps({service: f"{one}@sha256:…" for service, one in sorted(wanted.items())})
    try:
        given = json.loads(text[:_LONGEST])
    except ValueError:
        given = None
    if not isinstance(given, dict) or set(given) != set(wanted):
        raise UsageError(
            "--digests is not a JSON object with one digest a service", next_step=f"give {example}"
        )
    images: dict[str, ImageRef] = {}
    for service, reference in sorted(given.items()):
        image = _parsed(reference)
        if image is None or image.repository != ImageRef.parse(wanted[service]).repository:
            raise UsageError(
                f"--digests: {service} is not an image of {wanted[service]} by digest",
                next_step=f"give {example}",
            )
        images[service] = image
    return images


def _parsed(reference: object) -> ImageRef | None:
    """An image with its digest and without a tag."""
    name, _, digest = str(reference).partition("@")
    try:
        return ImageRef.parse(name).at(tag="none").pin(digest)
    except Exception:  # noqa: BLE001 - whatever the grammar finds wrong with it
        return None


def as_text(images: Images) -> dict[str, str]:
    """Service to `repository@sha256:…`."""
    return {service: f"{image.repository}@{image.digest}" for service, image in sorted(images.items())}


def as_json(images: Images) -> str:
    """On one line, as `parse` reads it."""
    return json.dumps(as_text(images), separators=(",", ":"))


def put(registry: Registry, images: Images, *, tag: str) -> list[str]:
    """Put a tag on all of them; looked at first, so that none is tagged where one is taken.

    Returns:
        The services whose image got it now; the others had it.

    Raises:
        TagTaken: the tag means another image.
        RegistryError: a digest is not there, or the registry refused.
    """
    taken = {
        service: there
        for service, there in found(registry, {s: i.at(tag=tag) for s, i in images.items()}).items()
        if there not in (None, images[service].digest)
    }
    if taken:
        raise CommandError(
            f"{tag} means other images already, nothing was tagged: "
            + ", ".join(f"{images[service].at(tag=tag)} is {there}" for service, there in taken.items()),
            next_step="find out who put it there; a tag of a release is never moved",
        )
    return [service for service, image in sorted(images.items()) if registry.tag(image, tag=tag)]
