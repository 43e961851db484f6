"""The one sandbox on this machine's Engine that a test session may have, and what a killed one left."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sandbox.folder import CHECKOUT, Engine
from tests.e2e import cloud as running
from tests.e2e.cloud import Sandbox
from tests.throwaway.owner import Owner

# Not a folder of pytest's: the next session has to find it when this one was killed.
PLACE = Path(tempfile.gettempdir()) / f"strata-containers-{os.getuid()}"
NETWORK = "finance-report-staging"


@contextmanager
def own_sandbox(place: Path = PLACE) -> Iterator[Sandbox]:
    """A sandbox on the real Engine, which has nothing of it afterwards.

    Names on a Docker host are the stacks', so a second one cannot deploy the same stacks beside it.
    """
    owner, folder = place / "owner", place / "sandbox"
    _clear_after_a_killed_session(owner, folder)
    _require_room()
    place.mkdir(exist_ok=True, mode=0o700)
    owner.write_text(str(Owner.of(os.getpid())))
    try:
        yield running.start_sandbox(folder, engine=Engine.DOCKER)
    finally:
        _erase(folder)
        owner.unlink()


def _clear_after_a_killed_session(owner: Path, folder: Path) -> None:
    if not owner.exists():
        return
    found = Owner.parse(owner.read_text())
    if not found.gone():
        pytest.fail(
            f"another session (pid {found.pid}) has this Engine\n  → run this when it has ended",
            pytrace=False,
        )
    _erase(folder)
    owner.unlink()


def _erase(folder: Path) -> None:
    words = [sys.executable, "-m", "sandbox", "down", "--erase", "--dir", str(folder)]
    subprocess.run(words, cwd=CHECKOUT, check=True, stdin=subprocess.DEVNULL)


def _require_room() -> None:
    words = ["docker", "network", "ls", "--quiet", "--filter", f"name=^{NETWORK}$"]
    listed = subprocess.run(words, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.fail(f"no Docker Engine answers: {listed.stderr.strip()}\n  → make docker", pytrace=False)
    if listed.stdout.strip():
        pytest.fail(
            f"this Engine has a network {NETWORK} already: another sandbox deploys its staging here\n"
            "  → `make down` in its checkout",
            pytrace=False,
        )
