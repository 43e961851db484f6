"""A clone of this checkout whose installed tools are ours: what moon and git see is its own."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """As committed, but with a backend of one module, which the checks find nothing in.

    Installing everything once more is the fresh clone's test (tests/e2e).
    """
    folder = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", "--shared", ROOT, folder], check=True)
    shutil.rmtree(folder / "apps/backend/src")
    shutil.rmtree(folder / "apps/backend/tests", ignore_errors=True)
    write(folder / "apps/backend/src/backend/__init__.py", '"""The backend."""\n')
    identity = ("-c", "user.name=somebody", "-c", "user.email=somebody@example.org")
    subprocess.run(
        ["git", *identity, "commit", "--quiet", "--all", "-m", "A small backend"], cwd=folder, check=True
    )
    install(folder)
    return folder


def install(folder: Path) -> None:
    """What `make apps` would provide."""
    for installed in (".venv", "node_modules"):
        (folder / installed).symlink_to(ROOT / installed)


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
