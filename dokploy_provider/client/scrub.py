"""What may be shown of a server's words.

Dokploy answers some errors with the SQL statement and its parameters, passwords and Vault tokens included
(measured on 0.30.2, 2026-11-22), and a deployment's log holds whatever a build prints. The values are not
known here, so they are recognised by their shape; those that this process holds are masked by value as well.
"""

import re
from collections.abc import Iterable
from itertools import groupby

MASK = "***"
_LONGEST = 400
_FRAME = " \t╔═╗║╚╝"
"""What Dokploy draws around the head of a deployment's log."""
_COUNTDOWN = "verify: Waiting "
"""Docker's command line prints it five times a second for each service that it waits for, and the reason of a
rollback stands before (Docker 28.2, 2026-11-23)."""
_SQL = re.compile(r"\s*(?:Failed query|params)\s*:.*", re.IGNORECASE | re.DOTALL)
_WORDS = (
    r"passw(?:or)?d|passphrase|secret|token|credential|authorization"
    r"|[_-]key|apikey|accesskey|privatekey"
)
_NAMED = re.compile(
    rf"""(?P<name>[\w.-]*(?:{_WORDS})[\w.-]*["']?\s*(?:=>|[=:])\s*["']?(?:(?:Bearer|Basic)\s+)?)
         (?P<value>[^\s"',;}}\]]+)""",
    re.IGNORECASE | re.VERBOSE,
)
_OPTION = re.compile(r"(?P<name>\s--?(?:pass(?:word)?|token|secret)[ =])(?P<value>\S+)", re.IGNORECASE)
_URL = re.compile(r"(?P<scheme>\b[a-z][a-z0-9+.-]*://)[^\s/@]+@", re.IGNORECASE)
_SHAPES = re.compile(
    r"""-----BEGIN[ ][A-Z ]*PRIVATE[ ]KEY-----.*?(?:-----END[ ][A-Z ]*-----|$)
      | \b(?:hvs|hvb|hvr|s|b)\.[A-Za-z0-9_-]{20,}
      | \b(?:gh[pousr]_|github_pat_|glpat-|xox[abp]-|sk-|AKIA)[A-Za-z0-9_-]{10,}
      | \beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?
      | \b(?=[A-Za-z0-9+]*[A-Z])(?=[A-Za-z0-9+]*[a-z])(?=[A-Za-z0-9+]*\d)[A-Za-z0-9+]{32,}={0,2}""",
    re.VERBOSE | re.DOTALL,
)


def by_shape(text: str) -> str:
    """The text with everything masked that looks like a credential; digests and commits stay readable."""
    text = _URL.sub(rf"\g<scheme>{MASK}@", text)
    text = _SHAPES.sub(MASK, text)
    text = _NAMED.sub(rf"\g<name>{MASK}", text)
    return _OPTION.sub(rf"\g<name>{MASK}", text)


def by_value(text: str, hidden: Iterable[str]) -> str:
    """The text without the values that this process holds (longest first, so that none is left in part)."""
    for value in sorted((v for v in hidden if v), key=len, reverse=True):
        text = text.replace(value, MASK)
    return text


def message(text: str, hidden: Iterable[str]) -> str:
    """A server's error message as it may be shown: without SQL, on one line, bounded, masked."""
    text = " ".join(_SQL.sub(" (statement withheld)", text).split())
    text = by_shape(by_value(text, hidden))
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def log(text: str, hidden: Iterable[str], *, lines: int) -> list[str]:
    """The last `lines` lines of a log that say something, masked. Masked whole first: a key may span
    lines. What Docker says again and again while it waits is said once.
    """
    masked = by_shape(by_value(text, hidden))
    telling = [line.rstrip() for line in masked.splitlines() if line.strip(_FRAME)]
    return [line for line, _ in groupby(line for line in telling if not line.startswith(_COUNTDOWN))][-lines:]
