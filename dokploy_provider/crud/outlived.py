"""A service that Dokploy does not know any more, while its containers or networks still stand on the host.

Dokploy removes its row first, whatever becomes of the rest (measured 2026-11-22/23). A state that forgets the
service with its row makes the next destroy green while a container runs on (measured 2026-11-23).
"""

from collections.abc import Mapping
from typing import Any

from dokploy_provider.context import Context
from dokploy_provider.crud import teardown
from dokploy_provider.crud.base import Seen
from dokploy_provider.errors import LeftBehind


def seen(here: Context, state: Mapping[str, Any], *names: str) -> Seen | None:
    """How a `read` finds a service without its row: gone, unless something of it still stands on the host.

    Then it stays in the state, since nothing else would remember it: a destroy fails until it is away.

    Args:
        here: the context.
        state: the service's outputs.
        names: of the outputs to keep beside the inputs.
    """
    left = _left(here, state)
    if not left:
        return None
    kept = {name: state[name] for name in names if state.get(name) is not None}
    return Seen(outs={**kept, "drift": [f"deleted at Dokploy, left on its host: {'; '.join(left)}"]})


def refuse(here: Context, state: Mapping[str, Any], *, what: str) -> None:
    """Stop an update of a service without its row while something of it still stands.

    Raises:
        LeftBehind: it does; it is listed.
    """
    left = _left(here, state)
    if left:
        raise LeftBehind(
            f"{what} was deleted at Dokploy, but this is left on its host: {'; '.join(left)}. "
            f"{teardown.REMOVE}, then run `pulumi up --refresh`, which makes it anew.",
            left=left,
        )


def _left(here: Context, state: Mapping[str, Any]) -> list[str]:
    """Looks at the host, and again after a while: a stack's containers outlast a delete by seconds."""
    app_name = str(state.get("app_name") or "")
    left = list[str]()
    for look in range(teardown.LOOKS if app_name else 0):
        if look:
            here.clock.sleep(here.timing.settle)
        left = teardown.standing(here, app_name)
        if not left:
            break
    return left
