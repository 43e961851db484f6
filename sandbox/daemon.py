"""The running daemon of a folder: found, asked, stopped. Imports little, so that a look at it is instant."""

import json
import urllib.error
import urllib.request
from typing import Any

from sandbox import ports, processes
from sandbox.code import fingerprint
from sandbox.errors import NotRunning, UnfitAnswer
from sandbox.folder import Folder
from sandbox.world import Ports

Document = dict[str, Any]

# Loopback is reached without a proxy, whatever the shell says.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def words(folder: Folder) -> tuple[str, ...]:
    """What the command line of this folder's daemon holds."""
    return ("sandbox", "serve", str(folder.root))


def status(folder: Folder) -> Document | None:
    """What the running daemon says of itself, `None` when none runs or it does not answer."""
    known = ports.remembered(folder)
    if known is None or processes.owned(folder.pid, *words(folder)) is None:
        return None
    try:
        with _OPENER.open(f"http://127.0.0.1:{known.control}/status", timeout=5) as answer:
            found: Document = json.load(answer)
    except (OSError, ValueError):
        return None
    return found if found.get("root") == str(folder.root) else None


def is_ready(found: Document | None) -> bool:
    """Whether every part answers."""
    return found is not None and all(part["healthy"] for part in found["parts"])


def is_current(found: Document | None) -> bool:
    """Whether every part answers, with the code that is in the checkout now."""
    return found is not None and is_ready(found) and found.get("code") == fingerprint()


def running(folder: Folder) -> Ports:
    """The ports of the running, seeded sandbox.

    Raises:
        NotRunning: with what to do.
    """
    known = ports.remembered(folder)
    if known is None or status(folder) is None:
        raise NotRunning(f"No sandbox is running in {folder.root}. Start it: `make sandbox`.")
    if not folder.seeded.exists():
        raise NotRunning(
            f"The sandbox in {folder.root} was never seeded to the end. Complete it: `make sandbox`."
        )
    return known


def stop(folder: Folder) -> bool:
    """Stop the daemon, and an OpenBao that outlived it; whether there was one."""
    was_there = processes.end(folder.pid, *words(folder))
    processes.end(folder.openbao / "openbao.pid", "server", str(folder.openbao))
    return was_there


def control(known: Ports, method: str, path: str, body: Document | None = None) -> Any:
    """One call of the control endpoint; its JSON, `None` when it answers without a body.

    Raises:
        UnfitAnswer: it answers an error or not at all.
    """
    request = urllib.request.Request(  # the address is ours, on loopback
        f"http://127.0.0.1:{known.control}{path}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
    )
    try:
        with _OPENER.open(request, timeout=30) as answer:
            content = answer.read()
    except urllib.error.HTTPError as error:
        with error:
            shown = error.read().decode(errors="replace")
        raise UnfitAnswer(f"The sandbox answered {error.code} to {method} {path}: {shown}") from None
    except OSError as error:
        raise UnfitAnswer(
            f"The sandbox did not answer {method} {path}: {error}. See its daemon.log."
        ) from None
    return json.loads(content) if content else None
