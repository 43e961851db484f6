import io
from pathlib import Path

import pytest

from toolchain import browser
from toolchain.browser import Browser
from toolchain.docker import debian
from toolchain.errors import ToolchainError
from toolchain.progress import Progress


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder on PATH, on a machine where nobody installed anything."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(browser, "_APPLICATIONS", ())
    return tmp_path


def program(folder: Path, name: str) -> Path:
    made = folder / name
    made.write_text("#!/bin/sh\n")
    made.chmod(0o755)
    return made


def test_a_chromium_that_is_there_is_taken_and_named(path: Path) -> None:
    made = program(path, "google-chrome")

    assert Browser().program() == made
    assert Browser().ready() == f"google-chrome at {made}"


def test_without_one_nothing_is_ready(path: Path) -> None:
    assert Browser().ready() is None


def test_as_root_on_debian_its_package_is_installed_and_that_is_said_before(
    path: Path, monkeypatch: pytest.MonkeyPatch, progress: Progress, said: io.StringIO
) -> None:
    before: list[str] = []

    def apt(*arguments: str) -> None:
        before.append(said.getvalue())
        assert arguments[-1] == "chromium"
        program(path, "chromium")

    monkeypatch.setattr(debian, "can_install", lambda: True)
    monkeypatch.setattr(debian, "_apt", apt)

    assert Browser(progress=progress).install() == f"chromium at {path / 'chromium'}"
    assert before == ["toolchain: `make browser` installs chromium on this machine: apt-get, as root\n"]


def test_elsewhere_a_person_is_told_what_to_install(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(debian, "can_install", lambda: False)

    with pytest.raises(
        ToolchainError, match=r"there is no browser: none of chromium, .* is on PATH\n  → install"
    ):
        Browser().install()


def test_a_package_that_brings_no_program_is_not_taken_for_a_browser(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(debian, "can_install", lambda: True)
    monkeypatch.setattr(debian, "_apt", lambda *_: None)

    with pytest.raises(ToolchainError, match="there is no chromium on PATH\n  → look where it is"):
        Browser().install()
