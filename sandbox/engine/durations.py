"""How Docker words time."""

from datetime import datetime

_MINUTE = 60
_HOUR = 3600


def human(seconds: float) -> str:
    """`5 seconds`, `About a minute`, `3 days` (go-units' HumanDuration)."""
    whole = int(seconds)
    minutes = whole // _MINUTE
    hours = int(seconds / _HOUR + 0.5)
    steps = (
        (whole < 1, "Less than a second"),
        (whole == 1, "1 second"),
        (whole < _MINUTE, f"{whole} seconds"),
        (minutes == 1, "About a minute"),
        (minutes < 60, f"{minutes} minutes"),  # noqa: PLR2004
        (hours == 1, "About an hour"),
        (hours < 48, f"{hours} hours"),  # noqa: PLR2004
        (hours < 24 * 14, f"{hours // 24} days"),
        (hours < 24 * 60, f"{hours // 24 // 7} weeks"),
    )
    return next((words for fits, words in steps if fits), f"{hours // 24 // 30} months")


def since(start: str, now: datetime) -> str:
    """The time from an ISO timestamp to now, in Docker's words."""
    return human((now - datetime.fromisoformat(start)).total_seconds())


def ago(start: str, now: datetime) -> str:
    """As `docker stack ps` words it: `about a minute ago`."""
    words = since(start, now)
    return f"{words[0].lower()}{words[1:]} ago"
