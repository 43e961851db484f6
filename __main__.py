"""One stack, one layer: plan it, check it, build it, say what came of it."""

import pulumi

from components.guard import guard
from components.interrupt import end_quietly_when_interrupted
from components.planning import plan_stack
from components.preview import PreviewEnvironment
from components.production import ProductionEnvironment
from components.refusals import one_paragraph
from components.staging import StagingEnvironment
from model.layers import Layer, Stack


def main() -> None:
    """Build the layer that the stack's name says."""
    stack = Stack.parse(pulumi.get_stack())
    planned = plan_stack(stack)
    guard(stack)
    match stack.layer:
        case Layer.STAGING:
            exports = StagingEnvironment(planned=planned).exports
        case Layer.PRODUCTION:
            exports = ProductionEnvironment(planned=planned).exports
        case Layer.PR:
            exports = PreviewEnvironment(planned=planned).exports
        case _:
            raise pulumi.RunError(f"The layer {stack.layer} has no program yet.")
    for name, value in exports.items():
        pulumi.export(name, value)


end_quietly_when_interrupted()
with one_paragraph():
    main()
