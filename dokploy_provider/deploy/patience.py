"""Bearing a server that is away for a while: an update of Dokploy restarts it."""

from collections.abc import Callable
from typing import TypeVar

from dokploy_provider.deploy.report import Reporter
from dokploy_provider.errors import Failure, ServerFault, Unreachable

T = TypeVar("T")


def patiently(report: Reporter, ask: Callable[[], T]) -> T:
    """Ask until there is an answer.

    Args:
        report: makes the error; its context has the clock and the limit.
        ask: sends a request that only reads.

    Raises:
        DeployFailed: `api-unreachable` after `Timing.outage` seconds.
    """
    clock, timing = report.here.clock, report.here.timing
    began = clock.monotonic()
    while True:
        try:
            return ask()
        except (Unreachable, ServerFault) as error:
            if clock.monotonic() - began > timing.outage:
                raise report.failed(
                    Failure.API_UNREACHABLE,
                    f"Dokploy has not answered for {timing.outage:.0f} s; it may go on by itself",
                    details=[str(error)],
                ) from None
            clock.sleep(timing.poll)
