from collections.abc import Iterator

from model.compose import mapping
from model.guardrails.subject import Subject
from model.violation import Violation


def planned_names(subject: Subject) -> Iterator[Violation]:
    """C3: what is made at Dokploy has the names that the one naming function gives."""
    plan = subject.plan
    expected: list[tuple[str, str | None, str | None]] = [
        ("project", plan.project_name, plan.names.project),
        *((f"{tier.tier} compose", tier.compose_name, plan.names.compose(tier.tier)) for tier in plan.tiers),
    ]
    if plan.network is not None:
        expected.append(("network", plan.network, plan.names.network))
    if plan.vault_provider is not None:
        expected.append(("vault provider", plan.vault_provider.name, plan.names.vault_provider))
    if plan.gate is not None:
        expected.append(("gate", plan.gate.environment, plan.names.environment))
    for where, actual, name in expected:
        if actual != name:
            yield Violation(
                rule="C3",
                where=where,
                message=f"its name is not {name}",
                fix="take names from model/naming.py",
            )


def seen_names(subject: Subject) -> Iterator[Violation]:
    """C3: names in the compose file that others on the host can see carry the stack."""
    for tier in subject.tiers:
        for where, body in tier.services:
            if "container_name" in body:
                yield _generic(f"{where} container_name", "two stacks cannot both have it", "take it out")
            for network, alias in _aliases(body.get("networks")):
                if not _carries(subject, alias):
                    yield _generic(
                        f"{where} alias on {network}", "does not carry the stack", "end it in -<stack>"
                    )
        for section in ("networks", "volumes"):
            for name, body in tier.compose.top_level(section).items():
                given = str(body.get("name", ""))
                if given and not _carries(subject, given):
                    yield _generic(
                        tier.where(f"{section} {name}"), "does not carry the stack", "name it after it"
                    )
        if "name" in tier.compose.document:
            yield _generic(
                tier.where("name"),
                "names the project, which Dokploy does; deleting finds nothing then",
                "take it out",
            )


def declared_network(subject: Subject) -> Iterator[Violation]:
    """C3: services of a standing stack talk over its own network and no other."""
    for tier in subject.tiers if subject.standing else ():
        for name, body in tier.compose.top_level("networks").items():
            if body.get("name") != subject.plan.network or not body.get("external"):
                yield _generic(
                    tier.where(f"networks {name}"),
                    "is not the stack's own network",
                    "use ${NETWORK:?}, external",
                )
        for where, body in tier.services:
            networks = body.get("networks")
            if not networks:
                yield _generic(where, "is not on the stack's own network", "list it under `networks`")


def _carries(subject: Subject, name: str) -> bool:
    """Whether a name ends in the stack or has it between dashes: `pr-1` is not in `…-pr-12`."""
    return f"-{subject.plan.stack.name}-" in f"-{name}-"


def _aliases(networks: object) -> Iterator[tuple[str, str]]:
    if isinstance(networks, dict):
        for network, body in networks.items():
            aliases = mapping(body).get("aliases")
            for alias in aliases if isinstance(aliases, list) else ():
                yield str(network), str(alias)


def _generic(where: str, message: str, fix: str) -> Violation:
    return Violation(rule="C3", where=where, message=message, fix=fix)
