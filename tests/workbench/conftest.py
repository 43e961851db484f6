"""A copy of this checkout whose installed tools are ours: what moon and git see is its own."""

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """With a backend of one module, which the checks find nothing in, whatever ours is like just now."""
    small = {
        "apps/backend/src/": None,
        "apps/backend/tests/": None,
        "apps/backend/src/backend/__init__.py": '"""The backend."""\n',
    }
    return copy_of_checkout(tmp_path / "clone", instead=small)


def copy_of_checkout(folder: Path, *, instead: Mapping[str, str | None] | None = None) -> Path:
    """A repository of one commit, of what git does not ignore.

    Installing everything once more is the fresh clone's test (tests/e2e).

    Args:
        folder: where it is made.
        instead: other texts of files; `None` leaves a folder out.
    """
    changes = instead or {}
    left_out = tuple(name for name, text in changes.items() if text is None)
    for name in run_git(ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0"):
        if (ROOT / name).is_file() and not name.startswith(left_out or "\0"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    for name, text in changes.items():
        if text is not None:
            write(folder / name, text)
    run_git(folder, "init", "--quiet", "--initial-branch", "main")
    run_git(folder, "add", ".")
    identity = ("-c", "user.name=somebody", "-c", "user.email=somebody@example.org")
    run_git(folder, *identity, "commit", "--quiet", "-m", "As it is")
    install(folder)
    return folder


def install(folder: Path) -> None:
    """What `make apps` would provide."""
    for installed in (".venv", "node_modules", "apps/frontend/node_modules"):
        (folder / installed).symlink_to(ROOT / installed)


def run_git(folder: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True, text=True).stdout


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
