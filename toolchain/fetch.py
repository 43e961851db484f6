import queue
import shutil
import threading
import urllib.error
import urllib.request
from http.client import HTTPException
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from toolchain.errors import RefusedError, UnavailableError

PROBE_SECONDS = 4.0
"""How long the first small file of a release may take, name resolution included: a machine
without that network goes on to the next source after this time."""

_STALL_SECONDS = 20.0
_TODO = "check the network, or set STRATA_RELEASES_URL to a mirror of the releases"


def text(url: str, *, deadline: float = PROBE_SECONDS) -> str:
    """Read a small file whole.

    It runs in a thread of its own: a socket's timeout does not cover name resolution, which may
    block for half a minute where there is no name server.

    Args:
        url: an http(s) address.
        deadline: seconds for everything together.

    Raises:
        UnavailableError: no answer in time, or not 200.
    """
    answers: queue.Queue[str | UnavailableError] = queue.Queue()

    def read() -> None:
        try:
            with _open(url, timeout=deadline) as response:
                answers.put(response.read().decode("utf-8", errors="replace"))
        except UnavailableError as error:
            answers.put(error)
        except (OSError, HTTPException) as error:
            answers.put(_unavailable(url, error))

    threading.Thread(target=read, daemon=True).start()
    try:
        answer = answers.get(timeout=deadline)
    except queue.Empty:
        raise UnavailableError(f"{url}: no answer within {deadline:.0f} s", todo=_TODO) from None
    if isinstance(answer, UnavailableError):
        raise answer
    return answer


def file(url: str, *, to: Path) -> None:
    """Download a large file; only a stall of 20 s ends it early.

    Args:
        url: an http(s) address.
        to: the file to write.

    Raises:
        UnavailableError: not reachable, not 200, or it broke off.
    """
    try:
        with _open(url, timeout=_STALL_SECONDS) as response, to.open("wb") as target:
            shutil.copyfileobj(response, target, 1 << 20)
    except (OSError, HTTPException) as error:
        raise _unavailable(url, error) from None


def _open(url: str, *, timeout: float) -> IO[bytes]:
    scheme = urlsplit(url).scheme
    if scheme not in {"http", "https"}:
        raise RefusedError(f"{url} is not an http(s) address", todo="correct STRATA_RELEASES_URL")
    try:
        response: IO[bytes] = urllib.request.urlopen(url, timeout=timeout)  # noqa: S310 - checked just above
    except (OSError, HTTPException) as error:
        raise _unavailable(url, error) from None
    if urlsplit(response.geturl()).scheme != scheme and scheme == "https":  # type: ignore[attr-defined]
        response.close()
        raise UnavailableError(f"{url} was redirected away from https: not followed", todo=_TODO)
    return response


def _unavailable(url: str, error: Exception) -> UnavailableError:
    if isinstance(error, urllib.error.HTTPError):
        reason = f"answered {error.code}"
        error.close()
    else:
        reason = str(getattr(error, "reason", "") or error) or type(error).__name__
    return UnavailableError(f"{url}: {reason}", todo=_TODO)
