"""Where the engine calls: before and after each thing that is made, and when it cannot be."""

import re
from collections.abc import Awaitable, Callable

import pulumi

from components.local.leftovers import Leftovers
from components.local.watch import Watch

# What failed is one of these, which has said why itself.
_OWN = re.compile(r'(?:before|after) hook "(?:startable|healthy)" failed')
# As the bindings want their lists.
_Hook = pulumi.ResourceHook | Callable[[pulumi.ResourceHookArgs], Awaitable[None] | None]


class Hooks:
    """The bindings for one run's resources, whose names end in their service.

    Args:
        watch: waits and tells.
        leftovers: frees names.
    """

    def __init__(self, watch: Watch, leftovers: Leftovers) -> None:
        async def startable(args: pulumi.ResourceHookArgs) -> None:
            await watch.before(_service(args.name))

        async def healthy(args: pulumi.ResourceHookArgs) -> None:
            await watch.healthy(_service(args.name))

        def made(args: pulumi.ResourceHookArgs) -> None:
            watch.made(_service(args.name))

        async def unmade(args: pulumi.ErrorHookArgs) -> bool:
            if args.failed_operation == "create" and await leftovers.cleared(args.errors):
                return True
            if args.failed_operation != "delete" and not _told(args):
                pulumi.log.error(await watch.broken(_service(args.name), args.errors))
            return False

        async def no_image(args: pulumi.ErrorHookArgs) -> bool:
            if args.failed_operation != "delete":
                tell = watch.unbuilt if "build" in (args.new_inputs or {}) else watch.broken
                pulumi.log.error(await tell(_service(args.name), args.errors))
            return False

        not_made = [pulumi.ErrorHook("not-made", unmade)]
        before: list[_Hook] = [pulumi.ResourceHook("startable", startable)]
        after: list[_Hook] = [pulumi.ResourceHook("healthy", healthy)]
        self.of_network = pulumi.ResourceHookBinding(
            before_create=before,
            after_create=[pulumi.ResourceHook("made", made)],
            on_error=not_made,
        )
        self.of_containers = pulumi.ResourceHookBinding(
            before_create=before,
            after_create=after,
            after_update=after,
            on_error=not_made,
        )
        self.of_images = pulumi.ResourceHookBinding(on_error=[pulumi.ErrorHook("no-image", no_image)])


def _service(name: str) -> str:
    """`backend` of `local-backend` and of `local-backend-image`; `network` of `local-network`."""
    return name.partition("-")[2].removesuffix("-image")


def _told(args: pulumi.ErrorHookArgs) -> bool:
    return bool(_OWN.search(args.errors[0])) if args.errors else False
