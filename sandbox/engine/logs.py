"""What containers have printed: nothing runs, so a line of its start, and what its image is told to print."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sandbox.engine.behaviour import PRINTS
from sandbox.engine.containers import Containers
from sandbox.engine.errors import DaemonError, EngineError

_DURATION = re.compile(r"(\d+)([smh])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours"}


def of_container(
    containers: Containers, name: str, *, now: datetime, tail: str, since: str | None, timestamps: bool
) -> list[str]:
    """`docker logs`: the lines since the container's last start.

    Args:
        containers: the host's.
        name: id, start of an id, or name.
        now: the clock's time.
        tail: how many of the last lines; what is no number means all, as for Docker.
        since: leave out what is older: `10m`, `3h`, `30s`.
        timestamps: put the time before each line.

    Raises:
        DaemonError: there is no such container.
        EngineError: `since` is no duration; Docker knows no days.
    """
    row = containers.find(name)
    if row is None:
        raise DaemonError(f"No such container: {name}")
    if row["started"] is None:
        return []
    started = datetime.fromisoformat(row["started"])
    if since is not None and started < now - _duration(since):
        return []
    lines = _printed(row)
    lines = lines[max(0, len(lines) - int(tail)) :] if tail.isdecimal() else lines
    # nine digits, as Docker writes them
    stamp = f"{started:%Y-%m-%dT%H:%M:%S.%f}000Z " if timestamps else ""
    return [f"{stamp}{line}" for line in lines]


def _printed(row: Mapping[str, Any]) -> list[str]:
    says = row["labels"].get(PRINTS)
    return [f"{row['service']} started ({row['image']})", *(says.splitlines() if says else ())]


def _duration(text: str) -> timedelta:
    match = _DURATION.fullmatch(text)
    if match is None:
        raise EngineError(f'invalid value for "since": failed to parse value as time or duration: "{text}"')
    return timedelta(**{_UNITS[match[2]]: int(match[1])})
