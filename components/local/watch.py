"""Waits until what was made is healthy, and says why it is not.

pulumi-docker can wait too, but it waits out its whole limit for a container that has ended at once, never
shows what that printed, and counts the failed container as made: the next `up` would be green. A hook after
each container has none of the three (measured with engine 3.250 on 2026-11-23).

When one fails, those that are still being waited for are let go. Stack `ci` is removed then, after the last
container that was being made has been made: what comes later would stay.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta

from components.local import telling
from components.local.builds import log_of
from components.local.engine import EngineSilent
from components.local.plan import LocalPlan
from model.layers import Layer
from model.local.service import Healthcheck

_LOOK_SECONDS = 0.5
# Docker's own defaults for what a health check does not say.
_INTERVAL, _TIMEOUT, _RETRIES = timedelta(seconds=30), timedelta(seconds=30), 3
_SLACK = timedelta(seconds=30)
_MAKING_SECONDS = 30.0


class ServiceFailed(Exception):
    """A service did not become healthy; the engine prints the text as it stands."""


class Watch:
    """One run's eyes on all its containers.

    Args:
        plan: of the stack.
        sleep: waits, in seconds.
        clock: in seconds.
    """

    def __init__(
        self,
        plan: LocalPlan,
        *,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._plan = plan
        self._sleep = sleep
        self._clock = clock
        self._making: set[str] = set()
        self._failed: str | None = None

    async def before(self, service: str) -> None:
        """A container, or the network, is about to be made.

        Raises:
            ServiceFailed: another one has failed: this one would come after the clearing.
        """
        if self._over():
            raise ServiceFailed(f"{service} was not started, because of {self._failed}.")
        self._making.add(service)

    def made(self, service: str) -> None:
        """What was about to be made is there, or will never be."""
        self._making.discard(service)

    async def healthy(self, service: str) -> None:
        """A container was made: wait until it is healthy, it fails, or another one does.

        Raises:
            ServiceFailed: it will not be; holds the lines that matter and the next command.
        """
        self.made(service)
        limit = limit_of(self._plan.compose.services[service].healthcheck)
        name = self._plan.container(service)
        end = self._clock() + limit
        while not self._over():
            lines: list[str] = []
            try:
                found = await asyncio.to_thread(self._plan.engine.container, name)
                # Asked twice: while Docker answered, another one may have failed and `ci` been cleared.
                if self._over() or (found is not None and found.well):
                    return
                reason = telling.ended(service, found)
                if reason is None and self._clock() >= end:
                    reason = f"{service} is not healthy after {limit:.0f} s"
                if reason is not None:
                    lines = await asyncio.to_thread(self._plan.engine.log, name, lines=telling.LINES)
            except EngineSilent as silence:
                reason = f"nobody knows whether {service} is healthy: {silence}"
            if reason is not None:
                raise ServiceFailed(await self._told(service, telling.report(reason, lines), container=name))
            await self._sleep(_LOOK_SECONDS)

    async def broken(self, service: str, errors: list[str]) -> str:
        """A container could not be made, or an image could not be had.

        Args:
            service: whose.
            errors: what the engine has of it, newest first.

        Returns:
            What to tell.
        """
        self.made(service)
        return await self._told(service, telling.of_plugin(service, errors, self._plan))

    async def unbuilt(self, service: str, errors: list[str]) -> str:
        """An image could not be built.

        Args:
            service: whose.
            errors: what the engine has of it, newest first; they hold nothing of what the build printed.

        Returns:
            What to tell.
        """
        log = log_of(self._plan, service)
        text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
        lines = telling.of_build(text) or errors[:1]
        reason = f"the image of {service} cannot be built"
        return await self._told(service, telling.report(reason, lines))

    def _over(self) -> bool:
        return self._failed is not None

    async def _told(self, service: str, report: str, *, container: str = "") -> str:
        """The whole message: what is known is known before anything is cleared, what is left only then."""
        remains = await self._fail(service)
        return f"{report}\n{telling.left(self._plan, remains, container=container)}"

    async def _fail(self, service: str) -> list[str] | None:
        """Clear `ci`; what of it is still there then, `None` if Docker does not say."""
        self._failed = self._failed or service
        if self._plan.stack.layer is not Layer.CI:
            return []
        end = self._clock() + _MAKING_SECONDS
        while self._making and self._clock() < end:
            await self._sleep(_LOOK_SECONDS)
        try:
            return await asyncio.to_thread(self._plan.engine.remove, self._plan.label)
        except EngineSilent:
            return None


def limit_of(check: Healthcheck | None) -> float:
    """Seconds after which Docker itself has given up on a container, and a little more."""
    check = check or Healthcheck()
    once = (check.interval or _INTERVAL) + (check.timeout or _TIMEOUT)
    patience = (check.start_period or timedelta()) + (check.retries or _RETRIES) * once
    return (patience + _SLACK).total_seconds()
