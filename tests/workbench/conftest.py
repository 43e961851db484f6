"""A copy of this checkout whose installed tools are ours: what moon and git see is its own."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The tracked files as they are, but with a backend of one module, which the checks find nothing in.

    Installing everything once more is the fresh clone's test (tests/e2e).
    """
    folder = tmp_path / "clone"
    listing = run_git(ROOT, "ls-files", "-z")
    for name in listing.split("\0"):
        if (ROOT / name).is_file() and not name.startswith(("apps/backend/src/", "apps/backend/tests/")):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    write(folder / "apps/backend/src/backend/__init__.py", '"""The backend."""\n')
    run_git(folder, "init", "--quiet", "--initial-branch", "main")
    run_git(folder, "add", ".")
    identity = ("-c", "user.name=somebody", "-c", "user.email=somebody@example.org")
    run_git(folder, *identity, "commit", "--quiet", "-m", "As it is")
    install(folder)
    return folder


def install(folder: Path) -> None:
    """What `make apps` would provide."""
    for installed in (".venv", "node_modules"):
        (folder / installed).symlink_to(ROOT / installed)


def run_git(folder: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True, text=True).stdout


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
