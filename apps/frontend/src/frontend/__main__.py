"""`python -m frontend serve` and `python -m frontend check` (the container's health check)."""

import logging
import os
import sys
from http.client import HTTPConnection, HTTPException

from frontend.server import serve


def check(*, port: int) -> int:
    """0 when the page answers 200."""
    try:
        connection = HTTPConnection("127.0.0.1", port, timeout=4)
        connection.request("GET", "/")
        return int(connection.getresponse().status != 200)  # noqa: PLR2004 - HTTP's OK
    except (OSError, HTTPException):
        return 1


def main(arguments: list[str]) -> int:
    """Run one of the two."""
    port = int(os.environ.get("PORT", "3000"))
    if arguments == ["check"]:
        return check(port=port)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    serve(port=port, drain_seconds=float(os.environ.get("DRAIN_SECONDS", "0")))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
