"""One stack, one layer: plan it, check it, build it, say what came of it."""

from typing import Any

import pulumi

from components.guard import guard
from components.interrupt import end_quietly_when_interrupted
from components.local import LocalIntegration, plan_local
from components.planning import plan_stack
from components.preview import PreviewEnvironment
from components.production import ProductionEnvironment
from components.refusals import one_paragraph
from components.staging import StagingEnvironment
from model.layers import Layer, Stack


def main() -> None:
    """Build the layer that the stack's name says."""
    stack = Stack.parse(pulumi.get_stack())
    match stack.layer:
        case Layer.LOCAL | Layer.CI:
            exports = LocalIntegration(planned=plan_local(stack)).exports
        case _:
            exports = on_dokploy(stack)
    for name, value in exports.items():
        pulumi.export(name, value)


def on_dokploy(stack: Stack) -> dict[str, pulumi.Input[Any]]:
    """What Dokploy runs: a pull request's environment, staging, production."""
    planned = plan_stack(stack)
    guard(stack)
    match stack.layer:
        case Layer.STAGING:
            return StagingEnvironment(planned=planned).exports
        case Layer.PRODUCTION:
            return ProductionEnvironment(planned=planned).exports
        case _:
            return PreviewEnvironment(planned=planned).exports


end_quietly_when_interrupted()
with one_paragraph():
    main()
