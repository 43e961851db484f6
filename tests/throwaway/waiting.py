"""The one way to wait for containers: look again until it is so, up to a deadline."""

from collections.abc import Callable
from typing import TypeVar

import httpx
from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_fixed

T = TypeVar("T")


def eventually(look: Callable[[], T], *, within: float, every: float = 0.1) -> T:
    """What `look` returns once it raises neither `AssertionError` nor a failed connection.

    Args:
        look: asserts what is awaited.
        within: seconds; afterwards its last exception is raised as it is.
        every: seconds between two looks.
    """
    looking = Retrying(
        stop=stop_after_delay(within),
        wait=wait_fixed(every),
        retry=retry_if_exception_type((AssertionError, httpx.TransportError)),
        reraise=True,
    )
    return looking(look)
