"""Starting the sandbox of a folder: a new one, or one that rested, on its ports and with its state."""

import contextlib
import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

from sandbox import certificates, credentials, daemon, environment, ports
from sandbox.docker import setup
from sandbox.errors import PORT_TAKEN, PortTaken, StartFailed
from sandbox.folder import CHECKOUT, Engine, Folder
from sandbox.openbao import OpenBao
from sandbox.project import Project
from sandbox.seeding import Administrator
from sandbox.world import Ports

Say = Callable[[str], None]

_PATIENCE = 60.0  # seconds until every part must answer
_STEP = 0.05
_LAST_LINES = 25
_TRIES = 3


def start(folder: Folder, *, first_port: int | None, say: Say, engine: Engine | None = None) -> None:
    """Have a sandbox run in the folder: find it, or start it with the state that it had, or make a new one.

    One that runs older code than the checkout's is stopped and started again.

    Args:
        folder: of the sandbox.
        first_port: the lowest of its ports; `None` takes free ones, or those it had.
        say: tells what takes its time.
        engine: what it deploys to; `None` is what it deploys to already, the simulated one at first.

    Raises:
        SandboxError: with what to do.
    """
    folder.make()
    with _alone(folder, say):
        folder.agree(engine)
        if (engine or folder.engine) is Engine.DOCKER:
            setup.prepare(folder, say)
        folder.choose(engine)
        known = ports.remembered(folder)
        found = daemon.status(folder)
        if known is not None and daemon.is_current(found):
            ports.agree(folder, known, first_port)
        else:
            if daemon.is_ready(found):
                say("the sandbox's code has changed: it starts again, with its state")
            daemon.stop(folder)
            known = _launched(folder, first_port=first_port, say=say)
            if folder.seeded.exists():
                _administrator(folder, known).keep_connected()
        if not folder.seeded.exists():
            _seed(folder, known, say)
        _write_environment(folder, known)


def _launched(folder: Folder, *, first_port: int | None, say: Say) -> Ports:
    """Start the daemon; where ports were free to choose and another sandbox was quicker, on others."""
    free_to_choose = ports.remembered(folder) is None and first_port is None
    for _ in range(_TRIES):
        known = ports.settle(folder, first=first_port)
        _prepare(folder, known)
        say(f"starting the sandbox in {folder.root}, ports {known.dokploy}-{known.control}")
        try:
            _launch(folder)
        except PortTaken:
            if not free_to_choose:
                raise
            folder.ports.unlink()
        else:
            return known
    raise StartFailed(_failure(folder, f"lost its ports to others {_TRIES} times while it started"))


def _prepare(folder: Folder, known: Ports) -> None:
    certificates.Authority(folder)
    certificates.write_bundle(folder)
    environment.write_docker_config(folder, ports=known, credentials=credentials.load(folder))


def _launch(folder: Folder) -> None:
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
            kind = PortTaken if process.returncode == PORT_TAKEN else StartFailed
            raise kind(_failure(folder, f"ended with exit code {process.returncode}"))
        if daemon.is_ready(daemon.status(folder)):
            return
        time.sleep(_STEP)
    daemon.stop(folder)
    raise StartFailed(_failure(folder, f"did not have all its parts ready within {_PATIENCE:.0f} s"))


def _seed(folder: Folder, known: Ports, say: Say) -> None:
    if folder.engine is Engine.DOCKER:
        try:
            setup.releases(folder, known, say).seed()
        except BaseException:
            daemon.stop(folder)
            raise
    administrator = _administrator(folder, known)
    administrator.prepare(say)
    administrator.fill_deploy_paths()
    credentials.keep_vault_token(folder, administrator.mint_operator_token())
    daemon.control(known, "POST", "/baseline")
    folder.seeded.touch()


def _administrator(folder: Folder, known: Ports) -> Administrator:
    mine = credentials.load(folder)
    found = environment.variables(folder, ports=known, credentials=mine)
    token = OpenBao(folder, known).administrator_token
    return Administrator(found, token=token, app_key=mine.github_app_key)


def _write_environment(folder: Folder, known: Ports) -> None:
    found = environment.variables(folder, ports=known, credentials=credentials.load(folder))
    environment.write_env_file(folder, found)
    Project(folder).refresh(
        registry=environment.registry_mirror(known), vault=environment.vault_address(known)
    )


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
            say("waiting for another `up` of this sandbox")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
