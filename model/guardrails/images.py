from collections.abc import Iterator

from model.errors import ReleaseError
from model.guardrails.subject import Subject
from model.images import ImageRef
from model.violation import Violation


def pinned(subject: Subject) -> Iterator[Violation]:
    """R3: every image of staging and production is `repo:tag@sha256:…`, and the one that the plan names."""
    for tier in subject.tiers if subject.standing else ():
        for name, body in tier.compose.services.items():
            where = tier.where(f"service {name}")
            image = str(body.get("image", ""))
            reference = parse(image)
            if reference is None or not reference.pinned:
                yield Violation(
                    rule="R3",
                    where=where,
                    message="its image is not repo:tag@sha256:…",
                    fix="resolve its tag to a digest first",
                )
            elif tier.tier.images.get(name) != image:
                yield Violation(
                    rule="R3",
                    where=where,
                    message="it would run another image than the plan waits for",
                    fix="use one variable for both",
                )


def fixed(subject: Subject) -> Iterator[Violation]:
    """C1: an image that is not built here does not float."""
    for tier in subject.tiers:
        for name, body in tier.compose.services.items():
            reference = parse(str(body.get("image", "")))
            if "build" in body or (reference is not None and not reference.floating):
                continue
            yield Violation(
                rule="C1",
                where=tier.where(f"service {name}"),
                message="its image floats: the same reference may be another image tomorrow",
                fix="use the pin of model/pins.py",
            )


def parse(image: str) -> ImageRef | None:
    """A reference, or `None` where the text is none."""
    try:
        return ImageRef.parse(image)
    except ReleaseError:
        return None
