"""The rules that a plan must keep, as pure functions; run whole before the first resource is registered.

The same rules look at single resources in a transform, the net under what bypasses the plan; alone it would
refuse half-way.
"""

from model.guardrails.literals import hardcoded
from model.guardrails.previews import disjoint
from model.guardrails.rules import check, violations
from model.guardrails.table import RULES
from model.guardrails.transform import resource_violations

__all__ = ["RULES", "check", "disjoint", "hardcoded", "resource_violations", "violations"]
