"""What an earlier run made and no state knows: it was killed in between, or its state is lost (S10).

Docker refuses the name then. What carries the stack's own label is removed and the engine tries once more;
anything else is somebody's and stays.
"""

import asyncio
import re
from collections.abc import Sequence
from contextlib import suppress

import pulumi

from components.local.engine import EngineSilent
from components.local.identity import OWNER
from components.local.plan import LocalPlan

_CONTAINER = re.compile(r'container name "/?([^"]+)" is already in use')
_NETWORK = re.compile(r"network with name (\S+) already exists")


class Leftovers:
    """One run's clearing of names, each at most once.

    Args:
        plan: of the stack.
    """

    def __init__(self, plan: LocalPlan) -> None:
        self._plan = plan
        self._tried: set[str] = set()

    async def cleared(self, errors: Sequence[str]) -> bool:
        """Whether the newest error was about a name that is free now."""
        said = errors[0] if errors else ""
        with suppress(EngineSilent):  # then the first error is told, and nothing was freed
            return await self._freed(said)
        return False

    async def _freed(self, said: str) -> bool:
        if (match := _CONTAINER.search(said)) and self._first(match[1]):
            return await asyncio.to_thread(self._container, match[1])
        if (match := _NETWORK.search(said)) and self._first(match[1]):
            # Without its network nothing of the stack is in this state: its containers are left over too.
            return await asyncio.to_thread(self._network, match[1])
        return False

    def _first(self, name: str) -> bool:
        first = name not in self._tried
        self._tried.add(name)
        return first

    def _container(self, name: str) -> bool:
        found = self._plan.engine.container(name)
        if found is None or found.labels.get(OWNER) != self._plan.identity.owner:
            return False
        pulumi.log.warn(f"{name} is left over from a run that no state knows; it is made again")
        self._plan.engine.remove_container(name)
        return True

    def _network(self, name: str) -> bool:
        if name not in self._plan.engine.networks(self._plan.label):
            return False
        pulumi.log.warn(f"{name} and its containers are left over from a run that no state knows")
        self._plan.engine.remove(self._plan.label)
        return True
