"""Which Dokploy this client was written for.

Below 0.30.0 there are no vault providers and no networks; the API facts were measured on 0.30.2 (2026-11-22).
"""

import logging
import re

from dokploy_provider.errors import ServerTooOld

MINIMUM = (0, 30, 0)
TESTED = (0, 30)
_LOG = logging.getLogger(__name__)
_VERSION = re.compile(r"v?(\d+)\.(\d+)\.(\d+)")


def check(answer: object) -> str:
    """Judge the answer of `settings.getDokployVersion`; returns the version's text.

    Raises:
        ServerTooOld: below `MINIMUM`.
    """
    match = _VERSION.match(answer) if isinstance(answer, str) else None
    if match is None:
        _LOG.warning("Dokploy does not say which version it is; this provider was tested with 0.30.x.")
        return "unknown"
    version = tuple(int(part) for part in match.groups())
    text = match.group(0)
    if version < MINIMUM:
        raise ServerTooOld(
            f"Dokploy {text} is older than {'.'.join(map(str, MINIMUM))}, the first version with vault "
            "providers and networks. Next: Update Dokploy on its settings page and run again."
        )
    if version[: len(TESTED)] > TESTED:
        _LOG.warning("Dokploy %s is newer than 0.30.x, the last version this provider was tested with.", text)
    return text
