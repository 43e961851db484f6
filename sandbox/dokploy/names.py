"""Ids, timestamps and generated names in the forms of the real server."""

import secrets
import string
from datetime import UTC, datetime

_NANO = string.ascii_letters + string.digits + "_-"
_LOWER = string.ascii_lowercase + string.digits
_KEY = string.ascii_letters + string.digits

_VERBS = ("bypass", "calculate", "connect", "index", "navigate", "parse", "quantify", "reboot", "transmit")
_ADJECTIVES = ("auxiliary", "back-end", "digital", "multi-byte", "neural", "online", "redundant", "virtual")
_NOUNS = (
    "application",
    "array",
    "bandwidth",
    "card",
    "firewall",
    "panel",
    "protocol",
    "sensor",
    "transmitter",
)


def nano_id() -> str:
    """An id as Dokploy gives to rows: 21 characters of nanoid's alphabet."""
    return "".join(secrets.choice(_NANO) for _ in range(21))


def long_id() -> str:
    """An id as better-auth gives to users, organizations' owners and keys: 32 characters."""
    return "".join(secrets.choice(_KEY) for _ in range(32))


def api_key() -> str:
    """A fresh API key: 64 letters."""
    return "".join(secrets.choice(string.ascii_letters) for _ in range(64))


def app_name(prefix: str | None, *, kind: str) -> str:
    """The name of a service's containers: what was asked for in lower case, and six random characters.

    Args:
        prefix: what the caller asked for; without it three words are made up.
        kind: first word of a made-up name (`compose`, `app`).
    """
    if not prefix:
        words = (secrets.choice(_VERBS), secrets.choice(_ADJECTIVES), secrets.choice(_NOUNS))
        prefix = "-".join((kind, *words))
    return prefix.lower() + "-" + "".join(secrets.choice(_LOWER) for _ in range(6))


def iso(moment: datetime) -> str:
    """A timestamp as JavaScript's `toISOString` writes it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def millis(moment: datetime) -> int:
    """Milliseconds since 1970."""
    return int(moment.timestamp() * 1000)
