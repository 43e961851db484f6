"""The net under the plan's check: the same rules once more on every resource, whoever made it.

Alone it would not do: with `--skip-preview`, what was registered before the refused resource exists already.
"""

import pulumi

from model.guardrails import resource_violations
from model.layers import Stack


def guard(stack: Stack) -> None:
    """Refuse every resource that breaks a rule, from here to the end of the program.

    Args:
        stack: whose rules apply.
    """

    def refuse(resource: pulumi.ResourceTransformArgs) -> None:
        found = resource_violations(resource.type_, resource.props, stack)
        if found:
            raise pulumi.RunError(
                f"{resource.name} is refused:\n" + "\n".join(f"  {violation}" for violation in found)
            )

    pulumi.runtime.register_resource_transform(refuse)
