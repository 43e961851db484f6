"""What the program declares of gates, without running it."""

from collections.abc import Sequence
from dataclasses import dataclass

from model.gate import GatePlan
from model.gates import gates_of, ruleset_of
from model.layers import Layer, Stack
from model.ruleset import RulesetPlan
from strata.project import Project

STANDING = (Layer.STAGING, Layer.PRODUCTION)


@dataclass(frozen=True, kw_only=True)
class Declared:
    """Gates of one or more stacks.

    Attributes:
        repository: its name, without the owner.
    """

    repository: str
    gates: tuple[GatePlan, ...]
    rulesets: tuple[RulesetPlan, ...]


def declared(project: Project, stacks: Sequence[str] = STANDING) -> Declared:
    """The gates that stacks keep.

    Args:
        project: with the settings of the stacks.
        stacks: `staging`, `production`.

    Raises:
        model.errors.StrataError: a stack's settings or its gates cannot be.
    """
    parsed = [Stack.parse(str(name)) for name in stacks]
    kept = [(stack, project.settings(stack), project.names(stack)) for stack in parsed]
    rulesets = [ruleset_of(settings, stack) for stack, settings, _ in kept]
    return Declared(
        repository=kept[0][1].repository,
        gates=tuple(gate for _, settings, names in kept for gate in gates_of(settings, names)),
        rulesets=tuple(one for one in rulesets if one),
    )
