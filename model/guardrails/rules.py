from collections.abc import Callable, Iterator

from model.errors import GuardrailError
from model.guardrails import (
    data,
    gate,
    images,
    isolation,
    literals,
    naming,
    previews,
    routing,
    running,
    secrets,
    variables,
)
from model.guardrails.subject import Subject
from model.plan import Plan
from model.violation import Violation

CHECKS: tuple[Callable[[Subject], Iterator[Violation]], ...] = (
    variables.readable,
    variables.given,
    variables.no_image_defaults,
    images.pinned,
    images.fixed,
    secrets.referenced,
    secrets.unseen,
    secrets.own_references,
    secrets.versioned,
    naming.planned_names,
    naming.seen_names,
    naming.declared_network,
    isolation.known_keys,
    isolation.mounts,
    isolation.builds,
    isolation.files,
    isolation.devices_and_logs,
    isolation.limits,
    running.no_host_ports,
    running.healthy,
    running.without_a_gap,
    running.telling_command,
    running.asked,
    routing.complete,
    routing.no_labels,
    data.kept,
    gate.complete,
    previews.alone,
    previews.pinned,
    literals.written,
)


def violations(plan: Plan) -> list[Violation]:
    """All that a plan breaks, in the order of the checks; empty: it may be deployed."""
    subject = Subject.of(plan)
    return [violation for check_ in CHECKS for violation in check_(subject)]


def check(plan: Plan) -> None:
    """Refuse a plan that breaks rules; called before the first resource is registered.

    Raises:
        GuardrailError: with all violations.
    """
    if found := violations(plan):
        raise GuardrailError(found, stack=plan.stack.name)
