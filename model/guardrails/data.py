from collections.abc import Iterator

from model.guardrails.subject import Subject, TierSubject
from model.layers import Layer
from model.services import Tier
from model.violation import Violation


def kept(subject: Subject) -> Iterator[Violation]:
    """C6: standing data outlives its services; a volume without a name changes it with the next appName."""
    if not subject.standing:
        return
    for tier in subject.plan.tiers:
        if tier.delete_volumes:
            yield _fault(tier.tier, "would delete its volumes with its service", "leave `delete_volumes` off")
        if tier.volumes and subject.plan.stack.layer is Layer.PRODUCTION and not tier.protect:
            yield _fault(tier.tier, "holds production's data unprotected", "set `protect`")
    for prepared in subject.tiers:
        yield from _named(prepared)


def _named(tier: TierSubject) -> Iterator[Violation]:
    declared = tier.compose.top_level("volumes")
    given = {name: str(body.get("name", "")) for name, body in declared.items()}
    for name, real in given.items():
        if real not in tier.tier.volumes:
            yield _fault(
                tier.where(f"volume {name}"), "has no name that the plan knows", "give it `name: ${…:?}`"
            )
    for real in sorted(set(tier.tier.volumes) - set(given.values())):
        yield _fault(tier.where(f"volume {real}"), "is planned and not in the compose file", "declare it")
    for where, body in tier.services:
        volumes = body.get("volumes")
        for volume in volumes if isinstance(volumes, list) else ():
            source = _source(volume)
            if source is None:
                continue
            if tier.tier.tier == Tier.APP:
                yield _fault(
                    where, "keeps data in the app tier, which has several of each", "use the data tier"
                )
            elif source not in declared:
                yield _fault(where, "keeps data in a volume without a name", "declare the volume and name it")


def _source(volume: object) -> str | None:
    """Name of a mounted volume; empty for an anonymous one, `None` for what is in memory only."""
    if isinstance(volume, dict):
        return None if volume.get("type") == "tmpfs" else str(volume.get("source", ""))
    source, colon, _ = str(volume).partition(":")
    return source if colon else ""


def _fault(where: str, message: str, fix: str) -> Violation:
    return Violation(rule="C6", where=where, message=message, fix=fix)
