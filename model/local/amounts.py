"""Sizes and durations as compose files write them, and as `docker compose config` prints them."""

import re
from datetime import timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator

_SIZE = re.compile(r"(\d+(?:\.\d+)?) ?([kmgt]?)(?:i?b)?|(\d+) ?b", re.IGNORECASE)
_PART = re.compile(r"(\d+(?:\.\d+)?)(h|ms|us|m|s)")
_UNITS = {
    "h": timedelta(hours=1),
    "m": timedelta(minutes=1),
    "s": timedelta(seconds=1),
    "ms": timedelta(milliseconds=1),
    "us": timedelta(microseconds=1),
}
MEBIBYTE = 1024 * 1024


def size(text: Any) -> int:
    """Bytes of `512m`, `1gb` or a plain number; Docker counts in powers of 1024 whatever the unit says.

    Raises:
        ValueError: it is no size.
    """
    match = _SIZE.fullmatch(str(text)) if not isinstance(text, bool) else None
    if match is None:
        raise ValueError("is not a size; write it like 512m")
    return int(float(match[1] or match[3]) * 1024 ** " kmgt".index((match[2] or " ").lower()))


def duration(text: Any) -> timedelta:
    """`90s`, `1m30s`, `500ms`.

    Raises:
        ValueError: it is no duration.
    """
    if isinstance(text, timedelta):
        return text
    parts = list(_PART.finditer(text)) if isinstance(text, str) else []
    if not parts or "".join(part[0] for part in parts) != text:
        raise ValueError("is not a duration; write it like 30s or 1m30s")
    return sum((float(part[1]) * _UNITS[part[2]] for part in parts), timedelta())


def in_docker(length: timedelta) -> str:
    """The duration as Docker's own programs print it (`1m30s`), which is what a refresh reads."""
    if not length:
        return "0s"
    if length < _UNITS["s"]:
        return f"{length / _UNITS['ms']:g}ms"
    minutes, rest = divmod(length, _UNITS["m"])
    hours, minutes = divmod(minutes, 60)
    seconds = f"{rest.total_seconds():g}s"
    if hours:
        return f"{hours}h{minutes}m{seconds}"
    return f"{minutes}m{seconds}" if minutes else seconds


Size = Annotated[int, BeforeValidator(size)]
Duration = Annotated[timedelta, BeforeValidator(duration)]
