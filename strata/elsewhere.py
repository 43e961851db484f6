"""An independent look: whether this machine gets any answer from anywhere, or has no network itself."""

from collections.abc import Mapping

import httpx

from strata.health import direct


def answers(url: str, env: Mapping[str, str]) -> bool:
    """Whether an address that is no part of a stack answers; any status is an answer.

    Args:
        url: GitHub's API, or another that does not stand on the stack's host.
        env: for TLS; STRATA_CONNECT_TO is not for it.

    Raises:
        UsageError: SSL_CERT_FILE names no file.
    """
    with direct(env) as client:
        try:
            client.get(url)
        except (httpx.HTTPError, httpx.InvalidURL):
            return False
    return True
