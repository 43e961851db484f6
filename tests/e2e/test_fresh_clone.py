"""What a stranger types: a clone, `make up`, `make down`, with a home folder of its own."""

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.folder import CHECKOUT
from tests.e2e import cloud

pytestmark = [pytest.mark.e2e, pytest.mark.long]

CLONING = ["git", "clone", "--quiet"]
# Only a build of the engine takes longer, and its results are shared (STRATA_CACHE_DIR).
LIMIT = 600


class Clone:
    """A clone of this repository and the shell of somebody who has nothing but the language runtimes."""

    def __init__(self, place: Path, *, cache: Path) -> None:
        self.folder = place / "strata"
        home = place / "home"
        home.mkdir()
        kept = {
            name: value
            for name, value in os.environ.items()
            if name.endswith(("_CERT", "_CERT_FILE", "_CAINFO"))
        }
        path = [folder for folder in os.environ["PATH"].split(":") if not folder.startswith(str(CHECKOUT))]
        self.environment = {
            **kept,
            "HOME": str(home),
            "PATH": ":".join(path),
            "STRATA_CACHE_DIR": str(cache),
            "PIP_FIND_LINKS": os.environ.get("PIP_FIND_LINKS", ""),
        }
        subprocess.run([*CLONING, str(CHECKOUT), str(self.folder)], check=True)

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        cloud.engine_runs += 1
        return subprocess.run(
            words,
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LIMIT,
            check=False,
        )

    def sandbox(self, *words: str) -> subprocess.CompletedProcess[str]:
        return self.run(".venv/bin/strata", "sandbox", *words)


@pytest.fixture
def clone(tmp_path: Path) -> Iterator[Clone]:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "strata"
    made = Clone(tmp_path, cache=cache)
    yield made
    made.sandbox("down")


def ended_well(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_a_fresh_clone_comes_up_outlives_a_reboot_and_goes_down(clone: Clone) -> None:
    first = ended_well(clone.run("make", "up"))
    assert '"version":"v1.0.0"' in first
    assert '"environment":"staging"' in first
    assert ended_well(clone.run("git", "status", "--porcelain")) == ""

    ended_well(clone.sandbox("exec", "pulumi", "up", "--stack", "staging", "--yes", "--expect-no-changes"))
    ended_well(
        clone.sandbox(
            "exec", "pulumi", "refresh", "--stack", "staging", "--preview-only", "--expect-no-changes"
        )
    )

    os.kill(int((clone.folder / ".sandbox" / "daemon.pid").read_text()), signal.SIGKILL)
    again = ended_well(clone.run("make", "up"))
    assert '"version":"v1.0.0"' in again
    assert re.search(r"^Resources:\n +\d+ unchanged$", again, re.MULTILINE)

    ended_well(clone.run("make", "down"))
    assert ended_well(clone.run("git", "status", "--porcelain")) == ""
