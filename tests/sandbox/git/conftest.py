import subprocess
from pathlib import Path

import pytest

from sandbox.git import Repository
from sandbox.world import World


def git(*words: str, cwd: Path) -> str:
    """A person's git, with a name of its own and no settings."""
    identity = ["-c", "user.name=someone", "-c", "user.email=someone@example.invalid"]
    done = subprocess.run(["git", *identity, *words], cwd=cwd, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with one commit, and a change that is not committed."""
    path = tmp_path / "project"
    path.mkdir()
    (path / "compose.yml").write_text("services: {}\n")
    git("init", "--quiet", "--initial-branch=trunk", cwd=path)
    git("add", ".", cwd=path)
    git("commit", "--quiet", "-m", "first", cwd=path)
    (path / "compose.yml").write_text("services: {web: {}}\n")
    return path


@pytest.fixture
def repository(world: World, project: Path) -> Repository:
    found = Repository(world, source=project)
    found.seed()
    return found
