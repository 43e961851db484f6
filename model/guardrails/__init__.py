"""The rules that a plan must keep, as pure functions; run whole before the first resource is registered.

The same rules look at single resources in a transform, the net under what bypasses the plan; alone it would
refuse half-way.
"""

from model.guardrails.rules import check, violations
from model.guardrails.transform import resource_violations

__all__ = ["check", "resource_violations", "violations"]
