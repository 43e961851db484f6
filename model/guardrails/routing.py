from collections import Counter
from collections.abc import Iterator

from model.compose import mapping, pairs
from model.guardrails.subject import Subject
from model.violation import Violation

_MAX_PORT = 65_535


def complete(subject: Subject) -> Iterator[Violation]:
    """A9: what Dokploy takes without a word, and fails on at the next deployment or routes elsewhere."""
    for tier in subject.tiers:
        seen = Counter((domain.host, domain.path) for domain in tier.tier.domains)
        for domain in tier.tier.domains:
            custom = domain.certificate_type == "custom"
            for broken, message, fix in (
                (
                    domain.host != subject.plan.names.host,
                    "is not this stack's host",
                    "take it from model/naming.py",
                ),
                (seen[domain.host, domain.path] > 1, "is there twice", "keep one"),
                (
                    domain.service not in tier.compose.services,
                    "leads to a service that is not there",
                    "name one",
                ),
                (not domain.path.startswith("/") or " " in domain.path, "is not a path", "start it with '/'"),
                (not 1 <= domain.port <= _MAX_PORT, "has no such port", "use the service's port"),
                (
                    not domain.https and domain.certificate_type != "none",
                    "has a certificate and no TLS",
                    "use https",
                ),
                (
                    custom != bool(domain.cert_resolver),
                    "has a resolver without type custom, or the reverse",
                    "fit them",
                ),
            ):
                if broken:
                    yield _fault(tier.where(f"domain {domain.path}"), message, fix)


def no_labels(subject: Subject) -> Iterator[Violation]:
    """A9: labels could take any host, production's too."""
    for tier in subject.tiers:
        for where, body in tier.services:
            labels = [*pairs(body.get("labels")), *pairs(mapping(body.get("deploy")).get("labels"))]
            if any(label.lower().startswith("traefik.") for label in labels):
                yield _fault(
                    f"{where} labels", "routes by Traefik labels", "take them out; routes are Domains"
                )


def _fault(where: str, message: str, fix: str) -> Violation:
    return Violation(rule="A9", where=where, message=message, fix=fix)
