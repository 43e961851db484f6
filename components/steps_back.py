"""Says why a plan goes back to an older release although nobody asked for one.

After `RELEASE=v2 pulumi up` failed half-way, the server and the state hold v2's configuration while the
last verified release is v1. The next run without RELEASE keeps v1: its preview shows changes that a
reviewer did not make. What was declared last stands among the app tier's inputs, and an update hook is the
only place where a program sees the inputs of the run before (an output of a failed run is not saved;
measured with engine 3.250 on 2026-11-23).
"""

import pulumi

from model.release import Release


def tell_when_back(*, stack: str, release: Release) -> pulumi.ResourceOptions:
    """Options for the app tier of a stack that keeps its release because RELEASE is not set.

    Args:
        stack: its name.
        release: the one that is kept.
    """

    def tell(change: pulumi.ResourceHookArgs) -> None:
        declared = (change.old_inputs or {}).get("release")
        if declared and declared != release.version:
            pulumi.log.warn(
                f"{stack} goes back from {declared} to {release.version}: the `up` of {declared} did not "
                "finish, and without RELEASE a stack keeps what it verified last. "
                f"To try {declared} again: "
                f"RELEASE={declared} pulumi up --refresh --stack {stack}"
            )

    hook = pulumi.ResourceHook("tell-when-back", tell, pulumi.ResourceHookOptions(on_dry_run=True))
    return pulumi.ResourceOptions(hooks=pulumi.ResourceHookBinding(before_update=[hook]))
