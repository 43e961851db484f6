from collections.abc import Iterable, Iterator
from dataclasses import replace

from model.compose import strings
from model.guardrails.subject import Subject, TierSubject
from model.layers import Layer, Stack
from model.naming import Names
from model.plan import GitSource
from model.services import Service, Tier, required_secrets
from model.violation import Violation

_STANDING = (Layer.STAGING, Layer.PRODUCTION)


def identities(names: Names) -> set[tuple[str, str]]:
    """Everything of a stack that another one must not have, by kind."""
    return {
        ("host", names.host),
        ("environment", names.environment),
        ("network", names.network),
        ("bucket", names.bucket),
        ("vault provider", names.vault_provider),
        *(("compose", names.compose(tier)) for tier in Tier),
        *(("volume", names.volume(service)) for service in Service),
        *(("alias", names.alias(service)) for service in Service),
        ("database", f"{names.alias(Service.POSTGRES)}/{names.database}"),
        *(("vault path", path) for path in required_secrets(names)),
    }


def disjoint(stacks: Iterable[Names]) -> list[Violation]:
    """P2 over stacks: what two of them share; empty: nothing."""
    owners: dict[tuple[str, str], str] = {}
    found: list[Violation] = []
    for names in stacks:
        for kind, value in sorted(identities(names)):
            owner = owners.setdefault((kind, value), names.stack.name)
            if owner != names.stack.name:
                found.append(
                    _fault(
                        f"{kind} {value}", f"belongs to {owner} and {names.stack.name}", "fix model/naming.py"
                    )
                )
    return found


def alone(subject: Subject) -> Iterator[Violation]:
    """P2: a preview has no part in what stays, and leaves nothing behind."""
    plan = subject.plan
    if plan.stack.layer is not Layer.PR:
        return
    shared = {
        "release": plan.release,
        "gate": plan.gate,
        "gate of another": plan.more_gates or None,
        "ruleset": plan.ruleset,
        "network": plan.network,
        "vault provider": plan.vault_provider,
        "registry": plan.registry,
    }
    for what, value in shared.items():
        if value is not None:
            yield _fault(what, "is for staging and production", "leave it out of a preview")
    for tier in plan.tiers:
        if tier.protect or not tier.delete_volumes:
            yield _fault(
                f"{tier.tier} volumes", "would outlive the pull request", "delete them with the service"
            )
    for prepared in subject.tiers:
        yield from _own(subject, prepared)


def _own(subject: Subject, tier: TierSubject) -> Iterator[Violation]:
    for section in ("networks", "volumes"):
        for name, body in tier.compose.top_level(section).items():
            if "name" in body or "external" in body:
                yield _fault(
                    tier.where(f"{section} {name}"),
                    "could be another stack's",
                    "leave `name` and `external` out",
                )
    theirs = {
        value: (kind, layer)
        for layer in _STANDING
        for kind, value in identities(replace(subject.plan.names, stack=Stack(name=layer.value, layer=layer)))
        if kind != "environment"
    }
    texts = [*strings(tier.compose.document), *tier.env.values()]
    met = {value for value in theirs for text in texts if value in text}
    for value in sorted(met):
        kind, layer = theirs[value]
        yield _fault(
            tier.where("compose file"), f"names {value}, the {kind} of {layer}", "use the preview's own"
        )


def pinned(subject: Subject) -> Iterator[Violation]:
    """P7: a preview is built from a commit, which its tag names."""
    plan = subject.plan
    if plan.stack.layer is not Layer.PR:
        return
    for tier in plan.tiers:
        source = tier.source
        fits = (
            isinstance(source, GitSource) and source.ref == f"preview/{plan.stack.name}-{source.commit[:7]}"
        )
        if not fits:
            yield Violation(
                rule="P7",
                where=f"{tier.tier} source",
                message="is not a commit of this pull request under its tag",
                fix="run `strata preview before`",
            )


def _fault(where: str, message: str, fix: str) -> Violation:
    return Violation(rule="P2", where=where, message=message, fix=fix)
