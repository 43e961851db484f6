"""How services run: C4, C5, R6, and the command that Dokploy is given (A7)."""

from collections.abc import Iterator

from model.compose import mapping
from model.guardrails.subject import Subject
from model.services import ComposeType, Tier
from model.violation import Violation

# What makes the end of the command mean something, by type (measured 2026-11-23).
_WAITS = {ComposeType.DOCKER_COMPOSE: "--wait", ComposeType.STACK: "--detach=false"}
_SHELL = frozenset(";|`$()<>\n\\")


def no_host_ports(subject: Subject) -> Iterator[Violation]:
    """C4: the router is the way in; a port of the host is open to all and taken for the next stack."""
    for tier in subject.tiers:
        for where, body in tier.services:
            if body.get("ports"):
                yield Violation(
                    rule="C4",
                    where=f"{where} ports",
                    message="publishes a port of its host",
                    fix="take it out; Dokploy's Domains lead to it",
                )


def healthy(subject: Subject) -> Iterator[Violation]:
    """C5: health check with a start period, log rotation, `init`; previews may leave them out."""
    for tier in subject.tiers if subject.standing else ():
        for where, body in tier.services:
            check = mapping(body.get("healthcheck"))
            options = mapping(mapping(body.get("logging")).get("options"))
            for missing, what, fix in (
                (not check.get("test") or check.get("disable"), "no health check", "add `healthcheck.test`"),
                (not check.get("start_period"), "no start period", "add `healthcheck.start_period`"),
                (
                    not {"max-size", "max-file"} <= set(options),
                    "a log that grows",
                    "add `max-size`, `max-file`",
                ),
                (not body.get("init"), "no init, and zombies stay", "add `init: true`"),
            ):
                if missing:
                    yield Violation(rule="C5", where=where, message=f"has {what}", fix=fix)


def without_a_gap(subject: Subject) -> Iterator[Violation]:
    """R6: the app tier is a stack whose services start first and roll back."""
    for tier in subject.tiers:
        if tier.tier.tier != Tier.APP:
            continue
        if tier.tier.compose_type is not ComposeType.STACK:
            yield Violation(
                rule="R6",
                where=tier.where(),
                message="docker-compose stops before it starts",
                fix="use type stack",
            )
        for where, body in tier.services:
            update = mapping(mapping(body.get("deploy")).get("update_config"))
            if update.get("order") != "start-first" or update.get("failure_action") != "rollback":
                yield Violation(
                    rule="R6",
                    where=f"{where} deploy.update_config",
                    message="does not start first and roll back",
                    fix="set `order: start-first` and `failure_action: rollback`",
                )


def telling_command(subject: Subject) -> Iterator[Violation]:
    """A7: Dokploy's own command ends before anything is known; ours waits, and names Dokploy's project."""
    for tier in subject.plan.tiers:
        command = tier.command or ""
        waits = _WAITS[tier.compose_type]
        if waits in command.split() and "{app_name}" in command.split() and not _SHELL & set(command):
            continue
        yield Violation(
            rule="A7",
            where=f"{tier.tier} command",
            message=f"does not wait ({waits}), is for another project, or is more than one command",
            fix="use the command of model/standing.py",
        )


def asked(subject: Subject) -> Iterator[Violation]:
    """D4: what has an address is asked there for its identity, and only there."""
    plan = subject.plan
    for tier in plan.tiers:
        if tier.domains and not any(probe.identity for probe in tier.probes):
            yield Violation(
                rule="D4",
                where=f"{tier.tier} probes",
                message="nobody asks which commit runs",
                fix="probe /health",
            )
        for probe in tier.probes:
            if not probe.url.startswith(f"{plan.url}/"):
                yield Violation(
                    rule="D4",
                    where=f"{tier.tier} probes",
                    message="asks another host than the stack's",
                    fix=f"ask below {plan.url}/",
                )
