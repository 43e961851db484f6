"""What a broken plan is told, in the form that the tests compare."""

from model.guardrails import RULES, violations
from model.plan import Plan


def told(plan: Plan) -> list[tuple[str, str]]:
    """Rule and place of each violation; each has a sentence in the table and says what to do."""
    found = violations(plan)
    assert all(one.rule in RULES and one.message and one.fix for one in found)
    return [(one.rule, one.where) for one in found]
