from collections.abc import Iterator

from model.guardrails.subject import Subject
from model.interpolation import uses
from model.violation import Violation


def readable(subject: Subject) -> Iterator[Violation]:
    """C2: compose files that cannot be read."""
    yield from subject.unreadable


def given(subject: Subject) -> Iterator[Violation]:
    """C2: variables that the compose file needs and the env text has not."""
    for tier in subject.tiers:
        needed = {use.name for use in tier.written.uses() if use.needed}
        for name in sorted(needed - {name for name, value in tier.env.items() if value}):
            yield Violation(
                rule="C2",
                where=tier.where(f"variable {name}"),
                message="the compose file asks for it and the plan does not give it",
                fix="give it in model/variables.py or take it out of the compose file",
            )


def no_image_defaults(subject: Subject) -> Iterator[Violation]:
    """C2: an image with a default would run something when its digest is missing."""
    for tier in subject.tiers if subject.standing else ():
        for name, body in tier.written.services.items():
            if any(not use.needed for use in uses(str(body.get("image", "")))):
                yield Violation(
                    rule="C2",
                    where=tier.where(f"service {name}"),
                    message="its image has a default",
                    fix="write ${NAME:?}",
                )
