"""The container's health check. It runs every few seconds beside the server: standard library only."""

import json
from http.client import HTTPConnection, HTTPException

# Longer than `/health` takes at most (health.TIMEOUT), shorter than the 5 s that the compose files give it.
_TIMEOUT_SECONDS = 4.0
_OK = 200


def check(*, port: int, timeout: float = _TIMEOUT_SECONDS) -> tuple[int, str]:
    """Ask this container's own `/health`.

    Args:
        port: where the server listens.
        timeout: in seconds.

    Returns:
        The exit code (0 when healthy) and one line that `docker inspect` shows.
    """
    connection = HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request("GET", "/health")
        answer = connection.getresponse()
        return int(answer.status != _OK), _in_words(answer.status, answer.read())
    except (OSError, HTTPException) as error:
        return 1, f"port {port} does not answer: {error}"
    finally:
        connection.close()


def _in_words(status: int, body: bytes) -> str:
    try:
        checks = json.loads(body)["checks"].items()
    except (ValueError, KeyError, TypeError, AttributeError):
        return f"{status}"
    return f"{status} " + ", ".join(f"{name}: {state}" for name, state in checks)
