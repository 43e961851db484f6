"""Starting, finding and stopping the sandbox of a folder."""

import contextlib
import fcntl
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

from sandbox import certificates, credentials, environment, ports, processes
from sandbox.errors import NotRunning, StartFailed
from sandbox.folder import CHECKOUT, Folder
from sandbox.project import Project
from sandbox.seeding import Administrator
from sandbox.world import Ports

Say = Callable[[str], None]
Document = dict[str, Any]

_PATIENCE = 60.0  # seconds until every part must answer
_STEP = 0.05
_LAST_LINES = 25
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


def up(folder: Folder, *, first_port: int | None, say: Say) -> bool:
    """Have a sandbox run in the folder: find it, or start it with the state that it had, or make a new one.

    Args:
        folder: of the sandbox.
        first_port: the lowest of its ports; `None` takes free ones, or those it had.
        say: tells what takes its time.

    Returns:
        Whether something had to be done.

    Raises:
        SandboxError: with what to do.
    """
    if folder.seeded.exists() and is_ready(status(folder)) and first_port is None:
        return False
    folder.root.mkdir(parents=True, exist_ok=True)
    with _alone(folder, say):
        folder.make()
        known = ports.remembered(folder)
        if known is not None and is_ready(status(folder)):
            ports.agree(folder, known, first_port)
        else:
            stop(folder)
            known = ports.settle(folder, first=first_port)
            _prepare(folder, known)
            say(f"starting the sandbox in {folder.root}, ports {known.dokploy}-{known.control}")
            _start(folder)
        if not folder.seeded.exists():
            _seed(folder, known, say)
        _write_environment(folder, known)
    return True


def stop(folder: Folder) -> bool:
    """Stop the daemon, and an OpenBao that outlived it; whether there was one."""
    was_there = processes.end(folder.pid, *words(folder))
    processes.end(folder.openbao / "openbao.pid", "server", str(folder.openbao))
    return was_there


def control(known: Ports, method: str, path: str, body: Document | None = None) -> Any:
    """One call of the control endpoint; its JSON, `None` when it answers without a body.

    Raises:
        StartFailed: it answers an error or not at all.
    """
    request = urllib.request.Request(  # noqa: S310  # the address is ours, on loopback
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
        raise StartFailed(f"The sandbox answered {error.code} to {method} {path}: {shown}") from None
    except OSError as error:
        raise StartFailed(
            f"The sandbox did not answer {method} {path}: {error}. See its daemon.log."
        ) from None
    return json.loads(content) if content else None


def _prepare(folder: Folder, known: Ports) -> None:
    certificates.Authority(folder)
    certificates.write_bundle(folder)
    environment.write_docker_config(folder, ports=known, credentials=credentials.load(folder))


def _start(folder: Folder) -> None:
    """Start the daemon in a session of its own and return when every part answers."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("VAULT_", "BAO_", "DOKPLOY_"))}
    with folder.log.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "sandbox", "serve", "--dir", str(folder.root)],
            cwd=CHECKOUT,
            env=kept,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise StartFailed(_failure(folder, f"ended with exit code {process.returncode}"))
        if is_ready(status(folder)):
            return
        time.sleep(_STEP)
    stop(folder)
    raise StartFailed(_failure(folder, f"did not have all its parts ready within {_PATIENCE:.0f} s"))


def _seed(folder: Folder, known: Ports, say: Say) -> None:
    found = environment.variables(folder, ports=known, credentials=credentials.load(folder))
    token = (folder.openbao / "root-token").read_text()
    administrator = Administrator(found, token=token)
    administrator.prepare(say)
    credentials.keep_vault_token(folder, administrator.mint_operator_token())
    control(known, "POST", "/baseline")
    folder.seeded.touch()


def _write_environment(folder: Folder, known: Ports) -> None:
    found = environment.variables(folder, ports=known, credentials=credentials.load(folder))
    environment.write_env_file(folder, found)
    Project(folder).refresh(registry=environment.registry_mirror(known))


def _failure(folder: Folder, what: str) -> str:
    tail = "\n".join(folder.log.read_text(errors="replace").splitlines()[-_LAST_LINES:])
    return f"The sandbox {what}. The end of {folder.log}:\n{tail}"


@contextlib.contextmanager
def _alone(folder: Folder, say: Say) -> Iterator[None]:
    """Hold the folder's lock: two `up` at once make one sandbox."""
    with folder.lock.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("waiting for another `up` or `down` of this sandbox")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
