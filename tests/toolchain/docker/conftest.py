from pathlib import Path

import pytest

from tests.toolchain.docker.fakes import FakeDocker
from tests.toolchain.fakes import Programs


@pytest.fixture
def docker(programs: Programs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeDocker:
    """The only Docker; no Engine answers yet."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    return FakeDocker(programs, tmp_path / "docker")
