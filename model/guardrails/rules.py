from collections.abc import Callable, Iterator

from model.errors import GuardrailError
from model.plan import Plan
from model.violation import Violation

CHECKS: tuple[Callable[[Plan], Iterator[Violation]], ...] = ()


def violations(plan: Plan) -> list[Violation]:
    """All that a plan breaks, in the order of the checks; empty: it may be deployed."""
    return [violation for check_ in CHECKS for violation in check_(plan)]


def check(plan: Plan) -> None:
    """Refuse a plan that breaks rules.

    Raises:
        GuardrailError: with all violations.
    """
    if found := violations(plan):
        raise GuardrailError(found, stack=plan.stack.name)
