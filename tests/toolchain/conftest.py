import io
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.toolchain.fakes import Programs, ReleaseServer
from toolchain import parts
from toolchain.layout import Layout
from toolchain.progress import Progress


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    """A checkout with the files that keys are made of, and an empty cache."""
    root = tmp_path / "checkout"
    for part in parts.ALL:
        folder = root / "toolchain" / "go" / part.name
        folder.mkdir(parents=True)
        (folder / "go.mod").write_text(f"module {part.name}\n\ngo 1.26\n")
    (root / "pyproject.toml").write_text("[project]\n")
    (root / "requirements.txt").write_text("httpx==0.28.1\n")
    return Layout(root=root, cache=tmp_path / "cache")


@pytest.fixture
def said() -> io.StringIO:
    """What was shown."""
    return io.StringIO()


@pytest.fixture
def progress(said: io.StringIO) -> Progress:
    return Progress(stream=said, terminal=False)


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    """The only folder on PATH."""
    folder = tmp_path / "path"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return Programs(folder)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ReleaseServer]:
    """A release server on loopback, and the one that releases are asked for at."""
    with ReleaseServer() as running:
        monkeypatch.setenv("STRATA_RELEASES_URL", running.url)
        # a proxy of the machine must not be asked for loopback
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        monkeypatch.setattr(sys, "platform", "linux")
        monkeypatch.setattr("platform.machine", lambda: "x86_64")
        yield running


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Releases are asked for where nothing listens."""
    monkeypatch.setenv("STRATA_RELEASES_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
